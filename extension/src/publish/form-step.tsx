/** The first step of an upload: which files, to which dataset, with which metadata. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { LakeApi } from '../api/client';
import type { PublishOrder, PublishPlan, PublishSchema } from '../api/types';
import { Buttons } from '../forms/buttons';
import { useSubmission } from '../forms/submission';
import { DatasetFields } from './dataset-fields';
import { fieldOf, holds, orderOf } from './draft';
import type { Faults, Form, PublishDraft } from './draft';
import { MetadataForm } from './metadata-form';

interface FormStepProps {
  api: LakeApi;
  paths: readonly string[];
  known: PublishSchema;
  form: Form;
  trans: TranslationBundle;
  draft: PublishDraft;
  setDraft: React.Dispatch<React.SetStateAction<PublishDraft>>;
  checked: (order: PublishOrder, plan: PublishPlan) => void;
  cancel: () => void;
}

/** What is wrong is said at its field, and the first such field gets the focus. */
export function FormStep(props: FormStepProps): React.ReactElement {
  const { api, paths, known, form, trans, draft, setDraft } = props;
  const { faults, isTaken, busy, refused, found, submit } = useCheck(props);
  const box = React.useRef<HTMLFormElement>(null);
  React.useEffect(() => box.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [found]);
  return (
    <form className="vre-form" onSubmit={submit} noValidate ref={box}>
      <FileList paths={paths} fault={faults.files} trans={trans} />
      <DatasetFields
        draft={draft}
        change={changes => setDraft(before => ({ ...before, ...changes }))}
        faults={faults}
        isTaken={isTaken}
        usual={known}
        rses={() => api.rses()}
        trans={trans}
      />
      {draft.isNew && (
        <MetadataForm
          form={form}
          draft={draft.metadata}
          change={metadata => setDraft(before => ({ ...before, metadata: { ...before.metadata, ...metadata } }))}
          faults={faults}
          trans={trans}
        />
      )}
      <Buttons trans={trans} label={trans.__('Check')} busy={busy} refused={refused} cancel={props.cancel} />
    </form>
  );
}

interface Check {
  faults: Faults;
  /** Whether the new dataset has the name of one that is there. */
  isTaken: boolean;
  busy: boolean;
  /** What is said above the buttons. */
  refused: string | null;
  /** Another object after each try. */
  found: unknown;
  submit: (event: React.FormEvent) => void;
}

/** Our own checks first, then the dry run of the server; what was found is said until it is mended. */
function useCheck({ api, paths, form, trans, draft, checked }: FormStepProps): Check {
  const [sent, setSent] = React.useState<{ draft: PublishDraft } | null>(null);
  const { busy, error, run } = useSubmission();
  const { order, faults } = orderOf(draft, paths, form, trans);
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setSent({ draft });
    void run(async () => order && checked(order, await api.planPublish(order)));
  };
  const field = error && fieldOf(error, draft, form);
  const refusal = sent && error && holds(field, sent.draft, draft) ? error : null;
  const count = Object.keys(faults).length;
  const told = sent && count > 0 ? trans._n('%1 field needs a change.', '%1 fields need a change.', count) : null;
  return {
    faults: { ...(sent && faults), ...(refusal && field && { [field]: refusal.message }) },
    isTaken: draft.isNew && field === 'name' && refusal?.kind === 'Declined',
    busy,
    refused: told ?? (field === null ? refusal?.message : null) ?? null,
    found: error ?? sent,
    submit
  };
}

interface FileListProps {
  paths: readonly string[];
  fault: string | undefined;
  trans: TranslationBundle;
}

/** The first of them; one that cannot be published is said here. */
function FileList({ paths, fault, trans }: FileListProps): React.ReactElement {
  const more = paths.length - 5;
  const described = React.useId();
  return (
    <div
      className="vre-files"
      role="group"
      aria-label={trans.__('Files to publish')}
      aria-describedby={described}
      aria-invalid={fault ? true : undefined}
      tabIndex={-1}
    >
      <ul>
        {paths.slice(0, 5).map(path => (
          <li key={path}>{path}</li>
        ))}
      </ul>
      {more > 0 && <p className="vre-hint">{trans._n('and %1 more', 'and %1 more', more)}</p>}
      <p className="vre-field-error" id={described} role="alert">
        {fault ?? ''}
      </p>
    </div>
  );
}
