/** The dialog that keeps a rule's copies at another storage element. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Rse, Rule } from '../api/types';
import { Buttons } from '../forms/buttons';
import { useSubmission } from '../forms/submission';
import type { RulesModel } from './model';
import { RseField } from './rse-field';

interface MoveProps {
  rule: Rule;
  model: RulesModel;
  rses: () => Promise<{ rses: Rse[] }>;
  trans: TranslationBundle;
  close: () => void;
}

/** A new rule, which ends this one when its copies are there. */
export function MoveForm({ rule, model, rses, trans, close }: MoveProps): React.ReactElement {
  const [rse, setRse] = React.useState('');
  const [fault, setFault] = React.useState<string | null>(null);
  const sending = useSubmission();
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setFault(rse.trim() ? null : trans.__('Name a storage element'));
    if (rse.trim()) {
      void sending.run(async () => {
        await model.change(rule.id, { rse: rse.trim() });
        close();
      });
    }
  };
  return (
    <form className="vre-form" onSubmit={submit} noValidate>
      <p>{trans.__('Copies are made there; those at %1 stay until they have arrived.', rule.rse)}</p>
      <RseField rses={rses} value={rse} change={setRse} error={fault ?? sending.at('rse')} first trans={trans} />
      <Buttons
        trans={trans}
        label={trans.__('Move')}
        busy={sending.busy}
        refused={sending.elsewhere(['rse'])}
        cancel={close}
      />
    </form>
  );
}
