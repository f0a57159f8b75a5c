/** The first step of an upload: which files, to which dataset, with which metadata. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { LakeApi } from '../api/client';
import type { PublishOrder, PublishPlan, PublishSchema } from '../api/types';
import { Buttons } from '../forms/buttons';
import { useSubmission } from '../forms/submission';
import { DatasetFields } from './dataset-fields';
import { fieldOfRefusal, isShown, orderOf } from './draft';
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
  const { faults, busy, refused, found, submit } = useCheck(props);
  const box = React.useRef<HTMLFormElement>(null);
  React.useEffect(() => box.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [found]);
  return (
    <form className="vre-form" onSubmit={submit} noValidate ref={box}>
      <FileList paths={paths} fault={faults.files} trans={trans} />
      <DatasetFields
        draft={draft}
        change={changes => setDraft(before => ({ ...before, ...changes }))}
        faults={faults}
        scopes={known.scopes}
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
  busy: boolean;
  /** What is said above the buttons. */
  refused: string | null;
  /** Another object after each try. */
  found: unknown;
  submit: (event: React.FormEvent) => void;
}

/** Our own checks first, then the dry run of the server; the next try forgets what the last one found. */
function useCheck({ api, paths, form, trans, draft, checked }: FormStepProps): Check {
  const [faults, setFaults] = React.useState<Faults>({});
  const { busy, error, run } = useSubmission();
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const { order, faults } = orderOf(draft, paths, form, trans);
    setFaults(faults);
    void run(async () => order && checked(order, await api.planPublish(order)));
  };
  const count = Object.keys(faults).length;
  const refused = fieldOfRefusal(error?.field ?? null);
  const found = error ?? faults;
  if (error && isShown(refused, draft, form)) {
    return { faults: { ...faults, [refused]: error.message }, busy, refused: null, found, submit };
  }
  const told = count > 0 ? trans._n('%1 field needs a change.', '%1 fields need a change.', count) : null;
  return { faults, busy, refused: told ?? error?.message ?? null, found, submit };
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
