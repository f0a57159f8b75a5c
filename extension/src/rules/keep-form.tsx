/** The dialog that asks for copies of a DID: where, how many, how long, and why. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Rse, Rule } from '../api/types';
import { Buttons } from '../forms/buttons';
import { TextField } from '../forms/field';
import { useSubmission } from '../forms/submission';
import { daysOf } from './days';
import type { RulesModel } from './model';
import { RseField } from './rse-field';

interface KeepProps {
  did: string;
  model: RulesModel;
  rses: () => Promise<{ rses: Rse[] }>;
  trans: TranslationBundle;
  close: (rule: Rule | null) => void;
}

interface Draft {
  rse: string;
  days: string;
  copies: string;
  comment: string;
}

type Faults = Partial<Record<keyof Draft, string>>;

/** What the draft lacks; the lake judges the rest. */
function faultsOf(draft: Draft, trans: TranslationBundle): Faults {
  const faults: Faults = {};
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

/** A refusal (quota, duplicate, permission) stands at its field or above the buttons, and the form stays. */
export function KeepForm({ did, model, rses, trans, close }: KeepProps): React.ReactElement {
  const [draft, setDraft] = React.useState<Draft>({ rse: '', days: '', copies: '1', comment: '' });
  const [faults, setFaults] = React.useState<Faults>({});
  const sending = useSubmission();
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const found = faultsOf(draft, trans);
    setFaults(found);
    if (Object.keys(found).length === 0) {
      void sending.run(async () => close(await model.make(orderOf(did, draft, trans))));
    }
  };
  const field = (name: keyof Draft) => ({
    value: draft[name],
    error: faults[name] ?? sending.at(name),
    change: (value: string) => setDraft(before => ({ ...before, [name]: value }))
  });
  return (
    <form className="vre-form" onSubmit={submit} noValidate>
      <RseField rses={rses} trans={trans} first {...field('rse')} />
      <TextField
        label={trans.__('Days')}
        hint={trans.__('Empty: as long as the lake usually keeps')}
        {...field('days')}
      />
      <TextField label={trans.__('Copies')} required {...field('copies')} />
      <TextField
        label={trans.__('Comment')}
        hint={trans.__('Why it is kept, for you and the admins')}
        {...field('comment')}
      />
      <Buttons
        trans={trans}
        label={trans.__('Keep')}
        busy={sending.busy}
        refused={sending.elsewhere(['rse', 'days', 'copies', 'comment'])}
        cancel={() => close(null)}
      />
    </form>
  );
}

function orderOf(did: string, draft: Draft, trans: TranslationBundle) {
  return {
    did,
    rse: draft.rse.trim(),
    days: daysOf(draft.days, trans).days,
    copies: Number(draft.copies),
    comment: draft.comment.trim() || null
  };
}
