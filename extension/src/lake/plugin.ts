/** The data lake and its panel as plugins; neither needs anything that Notebook 7 lacks. */

import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LakeApi } from '../api/client';
import { Requests } from '../api/request';
import { bring, stand } from '../place';
import { ICellWriter, IDataLake, ILakePanel } from '../tokens';
import { Anew } from './anew';
import { childrenFrom } from './asking';
import { LakeChoice } from './choice';
import { CONTEXT_MENU, addDidCommands, addLakeCommands } from './commands';
import { HeadWidget } from './head';
import { keepTree } from './keeping';
import { TreeMemory } from './memory';
import { DataLake } from './model';
import { LakePanel } from './panel';
import { refocusAfter } from './refocus';
import { SETTINGS, settingOf } from './settings';
import { LakeTree } from './tree';
import { TreeSection } from './tree-view';

const lake: JupyterFrontEndPlugin<IDataLake> = {
  id: SETTINGS,
  description: 'The data lake: what it holds, and its events.',
  autoStart: true,
  provides: IDataLake,
  optional: [ISettingRegistry, ITranslator],
  activate: (app: JupyterFrontEnd, registry: ISettingRegistry | null, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load('vre_dm');
    const choice = new LakeChoice();
    const api = new LakeApi(new Requests(app.serviceManager.serverSettings, trans));
    const model = new DataLake(api, choice, async (did, wish = {}) => {
      await app.commands.execute('vre-dm:fetch', { did, ...wish });
    });
    const settled = registry?.load(SETTINGS).then(settings => choice.follow(settings));
    // Without settings the server's choice counts. Who shows the lake has to listen before it tells of itself.
    void Promise.allSettled([settled, app.started]).then(() => model.load());
    return model;
  }
};

const panel: JupyterFrontEndPlugin<ILakePanel> = {
  id: 'vre-dm-lab:panel',
  description: 'The side bar panel of the data lake.',
  autoStart: true,
  provides: ILakePanel,
  requires: [IDataLake],
  optional: [ITranslator, ILayoutRestorer, IStateDB, ICellWriter, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    lake: IDataLake,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    state: IStateDB | null,
    cells: ICellWriter | null,
    registry: ISettingRegistry | null
  ) => {
    const known = translator ?? nullTranslator;
    const trans = known.load('vre_dm');
    const head = new HeadWidget({ lake, trans, warning: () => settingOf(registry, 'clockWarning', 15) });
    const panel = new LakePanel(known, head, widget => bring(app, widget));
    addLakeCommands(app.commands, lake, panel, trans);
    addDidCommands(app.commands, lake, trans);
    const tree = new LakeTree(childrenFrom(lake.api, new Anew(lake.refreshed)), then => setTimeout(then, 30));
    const section = new TreeSection({ tree, lake, commands: app.commands, cells, trans });
    keepTree(tree, lake, new TreeMemory(state), section.seen);
    panel.addSection(section, 10);
    void stand(app, panel.widget, 'left', 600);
    restorer?.add(panel.widget, panel.widget.id);
    refocusAfter(app.contextMenu.menu, panel.widget);
    CONTEXT_MENU.forEach((item, rank) => app.contextMenu.addItem({ ...item, rank }));
    return panel;
  }
};

export const plugins = [lake, panel];
