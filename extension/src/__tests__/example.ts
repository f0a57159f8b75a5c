/** The example of docs/lab.md: an extension that builds on the lake. Elsewhere the import is from 'vre-dm-lab'. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { IDataLake } from '../index';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'my-extension:citations',
  description: 'Shows how to cite what is selected in the data lake.',
  autoStart: true,
  requires: [IDataLake],
  activate: (app: JupyterFrontEnd, lake: IDataLake) => {
    app.commands.addCommand('my-extension:cite', {
      label: 'Cite the Selected Data',
      isEnabled: () => lake.selection.length > 0,
      execute: async () => {
        for (const did of lake.selection) {
          const { citation } = await lake.api.dataset(did);
          Notification.info(citation.line);
        }
      }
    });
  }
};

export default plugin;
