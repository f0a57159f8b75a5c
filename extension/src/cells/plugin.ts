/** Add to notebook, as a command and for whoever builds on it; and what the notebook says it uses. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { settingOf } from '../lake/settings';
import { ICellWriter, IDataLake, ILakePanel } from '../tokens';
import type { TemplateSettings } from './templates';
import { UsedDids } from './used';
import { UsedSection } from './used-view';
import { CellWriter } from './writer';

const ARGUMENTS = {
  type: 'object',
  properties: {
    did: { type: 'string', description: 'DID, scope:name; without it, what is selected in the data lake' },
    paths: { type: 'array', items: { type: 'string' }, description: 'Files that are here already' }
  }
} as const;

const cells: JupyterFrontEndPlugin<ICellWriter> = {
  id: 'vre-dm-lab:cells',
  description: 'Writes cells for data of the lake.',
  autoStart: true,
  provides: ICellWriter,
  requires: [IDataLake],
  optional: [INotebookTracker, ITranslator, ISettingRegistry, IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    lake: IDataLake,
    tracker: INotebookTracker | null,
    translator: ITranslator | null,
    registry: ISettingRegistry | null,
    browser: IDefaultFileBrowser | null
  ): ICellWriter => {
    const trans = (translator ?? nullTranslator).load('vre_dm');
    const templates = (): TemplateSettings => settingOf(registry, 'cellTemplates', {});
    const folder = () => browser?.model.path ?? '';
    const writer = new CellWriter({ app, tracker, lake, folder, templates, trans });
    app.commands.addCommand('vre-dm:add-to-notebook', {
      label: trans.__('Add to Notebook'),
      caption: trans.__('Write a cell that binds the files to a new variable'),
      describedBy: { args: ARGUMENTS },
      isEnabled: args => Boolean(args.did) || lake.selection.length > 0,
      execute: args =>
        args.did
          ? writer.addDid(String(args.did), { paths: args.paths as string[] | undefined })
          : writer.addDids(lake.selection)
    });
    return writer;
  }
};

const attachments: JupyterFrontEndPlugin<void> = {
  id: 'vre-dm-lab:attachments',
  description: 'Shows which data the notebook uses.',
  autoStart: true,
  requires: [IDataLake, ILakePanel, ICellWriter, INotebookTracker],
  optional: [ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    lake: IDataLake,
    panel: ILakePanel,
    writer: ICellWriter,
    tracker: INotebookTracker,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('vre_dm');
    panel.addSection(new UsedSection({ used: new UsedDids(tracker), lake, writer, trans }), 35);
  }
};

/** What this area contributes. */
export const plugins: JupyterFrontEndPlugin<unknown>[] = [cells, attachments];
