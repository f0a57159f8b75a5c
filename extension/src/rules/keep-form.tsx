/** The dialog that asks for copies of a DID: where, how many, how long, and why. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Rses, Rule, RuleOrder } from '../api/types';
import { TextField } from '../forms/field';
import { daysOf, emptyDaysText } from './days';
import type { RulesModel } from './model';
import { RseField, useRses } from './rse-field';
import { RuleForm } from './rule-form';

interface KeepProps {
  did: string;
  model: RulesModel;
  rses: () => Promise<Rses>;
  trans: TranslationBundle;
  close: (rule: Rule | null) => void;
}

interface Draft {
  rse: string;
  days: string;
  copies: string;
  comment: string;
}

const EMPTY: Draft = { rse: '', days: '', copies: '1', comment: '' };

/** A refusal (quota, duplicate, permission) stands at its field or above the buttons, and the form stays. */
export function KeepForm({ did, model, rses, trans, close }: KeepProps): React.ReactElement {
  const { names, days } = useRses(rses);
  return (
    <RuleForm
      initial={{ ...EMPTY }}
      faultsOf={draft => faultsOf(draft, trans)}
      send={draft => model.make(orderOf(did, draft, trans)).then(close)}
      label={trans.__('Keep')}
      cancel={() => close(null)}
      trans={trans}
    >
      {field => (
        <>
          <RseField names={names} trans={trans} first {...field('rse')} />
          <TextField label={trans.__('Days')} hint={emptyDaysText(days, trans)} {...field('days')} />
          <TextField label={trans.__('Copies')} required {...field('copies')} />
          <TextField
            label={trans.__('Comment')}
            hint={trans.__('Why it is kept, for you and the admins')}
            {...field('comment')}
          />
        </>
      )}
    </RuleForm>
  );
}

/** What the draft lacks; the lake judges the rest. */
function faultsOf(draft: Draft, trans: TranslationBundle): Partial<Draft> {
  const faults: Partial<Draft> = {};
  if (!draft.rse.trim()) {
    faults.rse = trans.__('Name a storage element');
  }
  const { fault } = daysOf(draft.days, trans);
  if (fault) {
    faults.days = fault;
  }
  if (!/^[1-9]\d{0,2}$/.test(draft.copies.trim())) {
    faults.copies = trans.__('A whole number from 1 to 999');
  }
  return faults;
}

function orderOf(did: string, draft: Draft, trans: TranslationBundle): RuleOrder {
  return {
    did,
    rse: draft.rse.trim(),
    days: daysOf(draft.days, trans).days,
    copies: Number(draft.copies),
    comment: draft.comment.trim() || null
  };
}
