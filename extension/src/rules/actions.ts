/** What a user can do with a rule: at once, or after a dialog. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Rses, Rule, RuleAction } from '../api/types';
import { openModal } from '../forms/modal';
import { EndForm } from './end-form';
import { ExtendForm } from './extend-form';
import { KeepForm } from './keep-form';
import type { RulesModel } from './model';
import { MoveForm } from './move-form';

/** The word on a button. */
export function actionText(action: RuleAction, trans: TranslationBundle): string {
  const words: Record<RuleAction, string> = {
    extend: trans.__('Extend…'),
    boost: trans.__('Boost'),
    move: trans.__('Move…'),
    delete: trans.__('Delete…'),
    approve: trans.__('Approve')
  };
  return words[action];
}

/** Opens the dialogs; what they send goes through the model. */
export class RuleActions {
  constructor(
    private model: RulesModel,
    private rses: () => Promise<Rses>,
    private trans: TranslationBundle
  ) {}

  /** Do it with a rule. */
  run(action: RuleAction, rule: Rule): void {
    const { model, trans } = this;
    switch (action) {
      case 'boost':
        void model.attempt(rule.id, () => model.change(rule.id, { boost: true }));
        break;
      case 'approve':
        void model.attempt(rule.id, () => model.change(rule.id, { approve: true }));
        break;
      case 'extend':
        this.open(trans.__('Keep %1 longer', rule.did), close =>
          React.createElement(ExtendForm, { rule, model, trans, close })
        );
        break;
      case 'move':
        this.open(trans.__('Keep %1 elsewhere', rule.did), close =>
          React.createElement(MoveForm, { rule, model, rses: this.rses, trans, close })
        );
        break;
      case 'delete':
        this.open(trans.__('End the rule on %1', rule.did), close =>
          React.createElement(EndForm, { rule, model, trans, close })
        );
    }
  }

  /** Ask for copies of a DID; the new rule, or null. */
  keep(did: string): Promise<Rule | null> {
    const { model, rses, trans } = this;
    return openModal<Rule>(trans.__('Keep copies of %1', did), trans, close =>
      React.createElement(KeepForm, { did, model, rses, trans, close })
    );
  }

  private open(title: string, form: (close: () => void) => React.ReactElement): void {
    void openModal(title, this.trans, close => form(() => close(null)));
  }
}
