/** The dialog of an upload: first what is to be published, then what that would do, then the upload. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { LakeApi } from '../api/client';
import type { Job, PublishOrder, PublishPlan, PublishSchema } from '../api/types';
import { Buttons } from '../forms/buttons';
import { useSubmission } from '../forms/submission';
import { draftFor } from './draft';
import { FormStep } from './form-step';
import { PlanTable } from './plan-table';
import { fieldsOf, furtherKeys } from './schema';

interface PublishProps {
  api: LakeApi;
  paths: readonly string[];
  /** A dataset that the files shall join. */
  did: string | null;
  known: PublishSchema;
  trans: TranslationBundle;
  close: (job: Job | null) => void;
}

/** What was typed survives the way back from the dry run. */
export function PublishDialog({ api, paths, did, known, trans, close }: PublishProps): React.ReactElement {
  const [draft, setDraft] = React.useState(() => draftFor(paths, known, did));
  const [checked, setChecked] = React.useState<{ order: PublishOrder; plan: PublishPlan } | null>(null);
  const form = React.useMemo(
    () => ({ fields: fieldsOf(known.schema), keyPattern: furtherKeys(known.schema) }),
    [known]
  );
  return checked ? (
    <PlanStep {...{ api, trans, close }} {...checked} back={() => setChecked(null)} />
  ) : (
    <FormStep
      {...{ api, paths, known, form, trans, draft, setDraft }}
      checked={(order, plan) => setChecked({ order, plan })}
      cancel={() => close(null)}
    />
  );
}

interface PlanStepProps extends Pick<PublishProps, 'api' | 'trans' | 'close'> {
  order: PublishOrder;
  plan: PublishPlan;
  back: () => void;
}

function PlanStep({ api, order, plan, trans, close, back }: PlanStepProps): React.ReactElement {
  const sending = useSubmission();
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    void sending.run(async () => close(await api.publish(order)));
  };
  return (
    <form className="vre-form" onSubmit={submit}>
      <PlanTable did={order.did} plan={plan} trans={trans} />
      <Buttons
        trans={trans}
        label={trans.__('Upload')}
        busy={sending.busy}
        refused={sending.elsewhere([])}
        cancel={() => close(null)}
        back={back}
      />
    </form>
  );
}
