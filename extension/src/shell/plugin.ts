/** The shell around the panel: palette, launcher, status bar, and a word when a job is over; each where it exists. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IFormRendererRegistry } from '@jupyterlab/ui-components';
import { settingOf } from '../lake/settings';
import { IDataLake, ILakeJobs } from '../tokens';
import { announce } from './announcing';
import { addFields } from './setting-fields';
import { StatusWidget } from './status';

const IN_PALETTE = [
  'open-panel',
  'search',
  'refresh',
  'fetch',
  'fetch-to',
  'add-to-notebook',
  'copy-did',
  'show-details',
  'keep-at',
  'publish',
  'open-jobs',
  'open-rules',
  'open-clusters',
  'start-cluster',
  'open-limits'
];
const IN_LAUNCHER = ['open-panel', 'open-limits'];

const entries: JupyterFrontEndPlugin<void> = {
  id: 'vre-dm-lab:entries',
  description: 'Offers the commands of the data lake in the palette and the launcher.',
  autoStart: true,
  optional: [ICommandPalette, ILauncher, ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    translator: ITranslator | null
  ) => {
    const category = (translator ?? nullTranslator).load('vre_dm').__('Data Lake');
    IN_PALETTE.forEach(name => palette?.addItem({ command: `vre-dm:${name}`, category }));
    IN_LAUNCHER.forEach((name, rank) => launcher?.add({ command: `vre-dm:${name}`, category, rank }));
  }
};

const status: JupyterFrontEndPlugin<void> = {
  id: 'vre-dm-lab:status',
  description: 'Shows the login and running jobs in the status bar.',
  autoStart: true,
  requires: [IDataLake, ILakeJobs],
  optional: [IStatusBar, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    lake: IDataLake,
    jobs: ILakeJobs,
    bar: IStatusBar | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ) => {
    if (!bar) {
      return; // Notebook 7 has none
    }
    const trans = (translator ?? nullTranslator).load('vre_dm');
    const warning = () => settingOf(registry, 'clockWarning', 15);
    const item = new StatusWidget({ lake, jobs, commands: app.commands, warning, trans });
    bar.registerStatusItem('vre-dm-lab:status', { item, align: 'left', rank: 50 });
  }
};

const announcing: JupyterFrontEndPlugin<void> = {
  id: 'vre-dm-lab:announcing',
  description: 'Tells when a fetch or an upload is over.',
  autoStart: true,
  requires: [ILakeJobs],
  optional: [ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    jobs: ILakeJobs,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('vre_dm');
    const look = () => void app.commands.execute('vre-dm:open-jobs');
    jobs.ended.connect((_, job) => {
      if (settingOf(registry, 'notifications', true)) {
        announce(job, look, trans);
      }
    });
  }
};

const fields: JupyterFrontEndPlugin<void> = {
  id: 'vre-dm-lab:setting-fields',
  description: 'Offers the lakes and the built-in templates in the settings editor.',
  autoStart: true,
  requires: [IDataLake],
  optional: [IFormRendererRegistry, ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    lake: IDataLake,
    forms: IFormRendererRegistry | null,
    translator: ITranslator | null
  ) => {
    if (forms) {
      addFields(forms, lake, (translator ?? nullTranslator).load('vre_dm'));
    }
  }
};

/** What this area contributes. */
export const plugins = [entries, status, announcing, fields];
