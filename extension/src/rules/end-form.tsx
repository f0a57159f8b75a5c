/** The dialog before a rule is deleted: what will happen to the copies. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Rule } from '../api/types';
import type { RulesModel } from './model';
import { RuleForm } from './rule-form';

interface EndProps {
  rule: Rule;
  model: RulesModel;
  trans: TranslationBundle;
  close: () => void;
}

/** Asks once; nothing is typed. */
export function EndForm({ rule, model, trans, close }: EndProps): React.ReactElement {
  const send = () => model.end(rule.id).then(close);
  return (
    <RuleForm initial={{}} send={send} label={trans.__('Delete rule')} danger cancel={close} trans={trans}>
      {() => (
        <>
          <p>{trans.__('The rule that keeps %1 at %2 ends now.', rule.did, rule.rse)}</p>
          <p>
            {trans._n(
              'The lake removes the copy of %1 file there unless another rule keeps it. This cannot be undone.',
              'The lake removes the copies of %1 files there unless another rule keeps them. This cannot be undone.',
              rule.total
            )}
          </p>
        </>
      )}
    </RuleForm>
  );
}
