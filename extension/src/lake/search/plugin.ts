/** Search in the panel, and the command that begins one. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICellWriter, IDataLake, ILakePanel } from '../../tokens';
import { SearchModel } from './model';
import { RecentSearches } from './recent';
import { SearchSection } from './section';

const ARGUMENTS = {
  type: 'object',
  properties: {
    text: { type: 'string', description: 'What to look for: name*, scope:name*, year>=2017; empty to be typed' }
  }
} as const;

const search: JupyterFrontEndPlugin<void> = {
  id: 'vre-dm-lab:search',
  description: 'Finds data of the lake by name and metadata.',
  autoStart: true,
  requires: [IDataLake, ILakePanel],
  optional: [ICellWriter, IStateDB, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    lake: IDataLake,
    panel: ILakePanel,
    writer: ICellWriter | null,
    state: IStateDB | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('vre_dm');
    const model = new SearchModel(lake, new RecentSearches(state));
    const section = new SearchSection({ model, lake, writer, trans });
    panel.addSection(section, 20);
    app.commands.addCommand('vre-dm:search', {
      label: trans.__('Search the Data Lake'),
      caption: trans.__('Find datasets by name and metadata'),
      describedBy: { args: ARGUMENTS },
      execute: async args => {
        panel.show(section);
        if (args.text) {
          model.edit({ pattern: String(args.text), filters: [] });
          await model.submit();
        }
      }
    });
  }
};

/** What this area contributes. */
export const plugins: JupyterFrontEndPlugin<unknown>[] = [search];
