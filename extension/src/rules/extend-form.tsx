/** The dialog that keeps a rule's copies longer. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Rule } from '../api/types';
import { TextField } from '../forms/field';
import { momentText } from '../quantities';
import { daysOf } from './days';
import type { RulesModel } from './model';
import { RuleForm } from './rule-form';

interface ExtendProps {
  rule: Rule;
  model: RulesModel;
  trans: TranslationBundle;
  close: () => void;
}

/** So many days from now. */
export function ExtendForm({ rule, model, trans, close }: ExtendProps): React.ReactElement {
  const now =
    rule.expires === null ? trans.__('Now: for ever') : trans.__('Now: until %1', momentText(rule.expires, trans));
  const read = ({ days }: { days: string }) => daysOf(days, trans, true);
  const faultsOf = (typed: { days: string }) => {
    const { fault } = read(typed);
    return fault ? { days: fault } : {};
  };
  const send = async (typed: { days: string }) => {
    const { days } = read(typed);
    if (days !== null) {
      await model.change(rule.id, { days });
      close();
    }
  };
  return (
    <RuleForm
      initial={{ days: '30' }}
      faultsOf={faultsOf}
      send={send}
      label={trans.__('Extend')}
      cancel={close}
      trans={trans}
    >
      {field => <TextField label={trans.__('Days from now')} hint={now} first {...field('days')} />}
    </RuleForm>
  );
}
