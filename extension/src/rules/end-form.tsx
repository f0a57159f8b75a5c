/** The dialog before a rule is deleted: what will happen to the copies. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Rule } from '../api/types';
import { Buttons } from '../forms/buttons';
import { useSubmission } from '../forms/submission';
import type { RulesModel } from './model';

interface EndProps {
  rule: Rule;
  model: RulesModel;
  trans: TranslationBundle;
  close: () => void;
}

/** Asks once; nothing is typed. */
export function EndForm({ rule, model, trans, close }: EndProps): React.ReactElement {
  const sending = useSubmission();
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    void sending.run(async () => {
      await model.end(rule.id);
      close();
    });
  };
  return (
    <form className="vre-form" onSubmit={submit}>
      <p>{trans.__('The rule that keeps %1 at %2 ends now.', rule.did, rule.rse)}</p>
      <p>
        {trans._n(
          'The lake removes the copy of %1 file there unless another rule keeps it. This cannot be undone.',
          'The lake removes the copies of %1 files there unless another rule keeps them. This cannot be undone.',
          rule.total
        )}
      </p>
      <Buttons
        trans={trans}
        label={trans.__('Delete rule')}
        danger
        busy={sending.busy}
        refused={sending.elsewhere([])}
        cancel={close}
      />
    </form>
  );
}
