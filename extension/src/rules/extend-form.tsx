/** The dialog that keeps a rule's copies longer. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Rule } from '../api/types';
import { Buttons } from '../forms/buttons';
import { TextField } from '../forms/field';
import { useSubmission } from '../forms/submission';
import { momentText } from '../quantities';
import { daysOf } from './days';
import type { RulesModel } from './model';

interface ExtendProps {
  rule: Rule;
  model: RulesModel;
  trans: TranslationBundle;
  close: () => void;
}

/** So many days from now. */
export function ExtendForm({ rule, model, trans, close }: ExtendProps): React.ReactElement {
  const [text, setText] = React.useState('30');
  const [fault, setFault] = React.useState<string | null>(null);
  const sending = useSubmission();
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const { days, fault } = daysOf(text, trans, true);
    setFault(fault);
    if (days !== null) {
      void sending.run(async () => {
        await model.change(rule.id, { days });
        close();
      });
    }
  };
  const now =
    rule.expires === null ? trans.__('Now: for ever') : trans.__('Now: until %1', momentText(rule.expires, trans));
  return (
    <form className="vre-form" onSubmit={submit} noValidate>
      <TextField
        label={trans.__('Days from now')}
        hint={now}
        error={fault ?? sending.at('days')}
        first
        value={text}
        change={setText}
      />
      <Buttons
        trans={trans}
        label={trans.__('Extend')}
        busy={sending.busy}
        refused={sending.elsewhere(['days'])}
        cancel={close}
      />
    </form>
  );
}
