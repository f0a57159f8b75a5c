/** The plugin of fetches and their jobs: a section of the panel, and the command that begins a fetch. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import type { Contents } from '@jupyterlab/services';
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
import { titleOf } from './words';

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
  const look = () => panel.show(section);
  model.begun.connect((_, job) => {
    if (!panel.expand(section)) {
      const actions = [{ label: trans.__('Show jobs'), callback: look }];
      Notification.info(trans.__('%1 …', titleOf(job, trans)), { autoClose: 5000, actions });
    }
  });
  const { contents } = app.serviceManager;
  addFetchCommands(app.commands, lake, fetcher({ lake, model, contents, registry, trans }), trans);
  app.contextMenu.addItem({ command: 'vre-dm:fetch-to', selector: '.vre-did', rank: 0.5 });
  app.commands.addCommand('vre-dm:open-jobs', {
    label: trans.__('Show Jobs of the Data Lake'),
    caption: trans.__('Fetches, uploads and maps, running and over'),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: look
  });
  return model;
}

interface FetchTools {
  lake: IDataLake;
  model: JobsModel;
  contents: Contents.IManager;
  registry: ISettingRegistry | null;
  trans: TranslationBundle;
}

/** Fetches one DID or what is selected, one after the other; each is seen at once. */
function fetcher({ lake, model, contents, registry, trans }: FetchTools): (args: FetchArgs) => Promise<void> {
  return async args => {
    let last: Promise<unknown> = Promise.resolve();
    const begin = (did: string) => {
      const open = dialogOf(lake, contents, did, trans);
      const job = last.then(() => begun(lake, did, args, fetchSettings(registry), open, trans));
      last = job;
      return job;
    };
    await Promise.all((args.did ? [args.did] : lake.selection).map(did => model.begin(did, () => begin(did))));
  };
}

function dialogOf(lake: IDataLake, contents: Contents.IManager, did: string, trans: TranslationBundle): AskUser {
  return (forecast, order, refused) =>
    openModal(trans.__('Fetch %1', did), trans, close =>
      React.createElement(FetchDialog, { api: lake.api, contents, forecast, order, refused, trans, close })
    );
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
  ask: AskUser,
  trans: TranslationBundle
): Promise<Job | null> {
  try {
    return await fetchDid(lake.api, did, choice, settings, ask);
  } catch (error) {
    await showErrorMessage(trans.__('%1 cannot be fetched', did), asLakeError(error).message);
    return null;
  }
}
