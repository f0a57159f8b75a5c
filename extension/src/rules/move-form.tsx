/** The dialog that keeps a rule's copies at another storage element. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Rses, Rule } from '../api/types';
import type { RulesModel } from './model';
import { RseField, useRses } from './rse-field';
import { RuleForm } from './rule-form';

interface MoveProps {
  rule: Rule;
  model: RulesModel;
  rses: () => Promise<Rses>;
  trans: TranslationBundle;
  close: () => void;
}

/** A new rule, which ends this one when its copies are there. */
export function MoveForm({ rule, model, rses, trans, close }: MoveProps): React.ReactElement {
  const { names } = useRses(rses);
  return (
    <RuleForm
      initial={{ rse: '' }}
      faultsOf={({ rse }) => (rse.trim() ? {} : { rse: trans.__('Name a storage element') })}
      send={({ rse }) => model.change(rule.id, { rse: rse.trim() }).then(close)}
      label={trans.__('Move')}
      cancel={close}
      trans={trans}
    >
      {field => (
        <>
          <p>{trans.__('Copies are made there; those at %1 stay until they have arrived.', rule.rse)}</p>
          <RseField names={names} first trans={trans} {...field('rse')} />
        </>
      )}
    </RuleForm>
  );
}
