/** Details in the panel: of what was opened, or of the one thing that is selected. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICellWriter, IDataLake, ILakePanel } from '../../tokens';
import { Details } from './model';
import { DetailsSection } from './section';

const details: JupyterFrontEndPlugin<void> = {
  id: 'vre-dm-lab:details',
  description: 'Shows what is known of a dataset: metadata, files, replicas, rules, citation.',
  autoStart: true,
  requires: [IDataLake, ILakePanel],
  optional: [ICellWriter, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    lake: IDataLake,
    panel: ILakePanel,
    writer: ICellWriter | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('vre_dm');
    const details = new Details(lake);
    const section = new DetailsSection({ details, lake, writer, commands: app.commands, trans });
    panel.addSection(section, 30);
    lake.didOpened.connect((_, did) => {
      details.show(did);
      panel.show(section);
    });
    lake.selectionChanged.connect((_, dids) => {
      // Where one of the files in the details is selected, the details stay.
      if (dids.length === 1 && dids[0] !== details.did && !details.lists(dids[0])) {
        details.show(dids[0]);
      }
    });
  }
};

/** What this area contributes. */
export const plugins: JupyterFrontEndPlugin<unknown>[] = [details];
