/** The plugin of replication rules: a section of the panel, "Keep at…", and a word when one is OK or stuck. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { RuleChange } from '../api/types';
import { IDataLake, ILakePanel } from '../tokens';
import { RuleActions } from './actions';
import { RulesModel } from './model';
import { newsOf } from './news';
import { RulesSection } from './section';

export const rulesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'vre-dm-lab:rules',
  description: 'Shows and changes the replication rules of the user.',
  autoStart: true,
  requires: [IDataLake, ILakePanel],
  optional: [ITranslator],
  activate
};

function activate(app: JupyterFrontEnd, lake: IDataLake, panel: ILakePanel, translator: ITranslator | null): void {
  const trans = (translator ?? nullTranslator).load('vre_dm');
  const model = new RulesModel(lake);
  const actions = new RuleActions(model, () => lake.api.rses(), trans);
  const section = new RulesSection({ model, actions, trans });
  panel.addSection(section, 50);
  const look = () => {
    panel.show(section);
    if (!model.isKnown && !model.isAsking) {
      void model.reload();
    }
  };
  lake.events.rule.connect((_, change) => tell(change, look, trans));
  app.commands.addCommand('vre-dm:open-rules', {
    label: trans.__('Show My Rules'),
    caption: trans.__('Replication rules: what they do, and what can be done'),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: look
  });
  app.commands.addCommand('vre-dm:keep-at', {
    label: trans.__('Keep at…'),
    caption: trans.__('Ask for copies at a storage element'),
    describedBy: { args: { type: 'object', properties: { did: { type: 'string' } } } },
    isEnabled: args => typeof args.did === 'string' || lake.selection.length === 1,
    execute: async args => {
      const did = typeof args.did === 'string' ? args.did : lake.selection[0];
      if (did && (await actions.keep(did))) {
        look();
      }
    }
  });
}

function tell(change: RuleChange, look: () => void, trans: TranslationBundle): void {
  const news = newsOf(change, trans);
  if (news) {
    Notification.emit(news.text, news.kind, {
      autoClose: news.kind === 'success' ? 5000 : false,
      actions: [{ label: trans.__('Show rules'), callback: look }]
    });
  }
}
