/** The plugin of fetches and their jobs: a section of the panel, and the command that begins a fetch. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { showErrorMessage } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import * as React from 'react';
import { asLakeError } from '../api/error';
import type { Job } from '../api/types';
import { openModal } from '../forms/modal';
import { ICellWriter, IDataLake, ILakeJobs, ILakePanel } from '../tokens';
import type { IFetchChoice } from '../tokens';
import { FetchDialog } from './fetch-dialog';
import { fetchDid, fetchSettings } from './fetching';
import type { AskUser, FetchSettings } from './fetching';
import { JobsModel } from './model';
import { JobsSection } from './section';

const ARGUMENTS = {
  type: 'object',
  properties: {
    did: { type: 'string', description: 'DID, scope:name; without it, what is selected in the data lake' },
    target: { type: 'string', description: 'Folder as the file browser shows it' },
    files: { type: 'string', description: 'Pattern of file names' },
    rse: { type: 'string', description: 'Only copies at this storage element' }
  }
} as const;

type FetchArgs = IFetchChoice & { did?: string; ask?: boolean };

export const jobsPlugin: JupyterFrontEndPlugin<ILakeJobs> = {
  id: 'vre-dm-lab:jobs',
  description: 'Fetches data, and lists the jobs that do it.',
  autoStart: true,
  provides: ILakeJobs,
  requires: [IDataLake, ILakePanel],
  optional: [ICellWriter, ITranslator, ISettingRegistry],
  activate
};

function activate(
  app: JupyterFrontEnd,
  lake: IDataLake,
  panel: ILakePanel,
  cells: ICellWriter | null,
  translator: ITranslator | null,
  registry: ISettingRegistry | null
): ILakeJobs {
  const trans = (translator ?? nullTranslator).load('vre_dm');
  const model = new JobsModel(lake.api, lake.events);
  const section = new JobsSection({ model, openDid: did => lake.openDid(did), cells, trans });
  panel.addSection(section, 40);
  if (lake.events.standing) {
    void model.reload();
  }
  const fetch = async (args: FetchArgs) => {
    for (const did of args.did ? [args.did] : lake.selection) {
      const job = await begun(lake, did, args, fetchSettings(registry), trans);
      if (job) {
        model.put(job);
        panel.show(section);
      }
    }
  };
  addFetchCommands(app.commands, lake, fetch, trans);
  app.contextMenu.addItem({ command: 'vre-dm:fetch-to', selector: '.vre-did', rank: 0.5 });
  app.commands.addCommand('vre-dm:open-jobs', {
    label: trans.__('Show Jobs of the Data Lake'),
    caption: trans.__('Fetches and uploads, running and over'),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => panel.show(section)
  });
  return model;
}

function addFetchCommands(
  commands: CommandRegistry,
  lake: IDataLake,
  fetch: (args: FetchArgs) => Promise<void>,
  trans: TranslationBundle
): void {
  const described = {
    describedBy: { args: ARGUMENTS },
    isEnabled: (args: ReadonlyPartialJSONObject) => typeof args.did === 'string' || lake.selection.length > 0
  };
  commands.addCommand('vre-dm:fetch', {
    ...described,
    label: trans.__('Fetch'),
    caption: trans.__('Fetch the selected data'),
    execute: args => fetch(args as FetchArgs)
  });
  commands.addCommand('vre-dm:fetch-to', {
    ...described,
    label: trans.__('Fetch to…'),
    caption: trans.__('Fetch the selected data, choosing folder and files'),
    execute: args => fetch({ ...(args as FetchArgs), ask: true })
  });
}

/** The job of a fetch; null where the user or the lake refused, which was shown. */
async function begun(
  lake: IDataLake,
  did: string,
  choice: IFetchChoice,
  settings: FetchSettings,
  trans: TranslationBundle
): Promise<Job | null> {
  const ask: AskUser = (forecast, order, refused) =>
    openModal(trans.__('Fetch %1', did), trans, close =>
      React.createElement(FetchDialog, { api: lake.api, forecast, order, refused, trans, close })
    );
  try {
    return await fetchDid(lake.api, did, choice, settings, ask);
  } catch (error) {
    await showErrorMessage(trans.__('%1 cannot be fetched', did), asLakeError(error).message);
    return null;
  }
}
