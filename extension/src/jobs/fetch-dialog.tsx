/** The dialog of a fetch: where to, and which files; what is refused stands at its field. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { LakeError } from '../api/error';
import type { FetchOrder, Forecast, Job } from '../api/types';
import { Buttons } from '../forms/buttons';
import { TextField } from '../forms/field';
import { useSubmission } from '../forms/submission';
import type { FetchApi } from './fetching';
import { Outlook } from './outlook';
import type { FetchDraft } from './places';
import { choicesIn, draftOf, orderFrom } from './places';
import { useOutlook } from './use-outlook';

interface FetchDialogProps {
  api: FetchApi;
  forecast: Forecast;
  order: FetchOrder;
  refused: LakeError | null;
  trans: TranslationBundle;
  close: (job: Job | null) => void;
}

/** Place and pattern; with each change the server says anew what would be fetched. */
export function FetchDialog({ api, forecast, order, refused, trans, close }: FetchDialogProps): React.ReactElement {
  const [draft, setDraft] = React.useState(() => draftOf(order, forecast));
  const sending = useSubmission(refused);
  const outlook = useOutlook(api, orderFrom(draft, order), forecast);
  const change = (changes: Partial<FetchDraft>) => setDraft(before => ({ ...before, ...changes }));
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    void sending.run(async () => close(await api.startFetch(orderFrom(draft, order))));
  };
  const wrong = outlook.error ?? sending.error;
  const shown = draft.mode === 'folder' ? ['target', 'files'] : ['files'];
  const errorAt = (field: string) => (wrong?.field === field ? wrong.message : null);
  return (
    <form className="vre-form" onSubmit={submit} noValidate>
      <Places forecast={forecast} draft={draft} change={change} trans={trans} />
      <Fields errorAt={errorAt} draft={draft} change={change} trans={trans} />
      <Outlook forecast={outlook.forecast} trans={trans} />
      <Buttons
        trans={trans}
        label={trans.__('Fetch')}
        busy={sending.busy}
        refused={wrong && !shown.includes(wrong.field ?? '') ? wrong.message : null}
        cancel={() => close(null)}
      />
    </form>
  );
}

interface FieldsProps {
  errorAt: (field: string) => string | null;
  draft: FetchDraft;
  change: (changes: Partial<FetchDraft>) => void;
  trans: TranslationBundle;
}

function Fields({ errorAt, draft, change, trans }: FieldsProps): React.ReactElement {
  return (
    <>
      {draft.mode === 'folder' && (
        <TextField
          label={trans.__('Folder')}
          hint={trans.__('As the file browser shows it, such as data/xenon; empty: its top folder')}
          error={errorAt('target')}
          value={draft.folder}
          change={folder => change({ folder })}
        />
      )}
      <TextField
        label={trans.__('Files')}
        hint={trans.__('A pattern such as *.root; empty: all')}
        error={errorAt('files')}
        value={draft.files}
        change={files => change({ files })}
      />
    </>
  );
}

interface PlacesProps {
  forecast: Forecast;
  draft: FetchDraft;
  change: (changes: Partial<FetchDraft>) => void;
  trans: TranslationBundle;
}

function Places({ forecast, draft, change, trans }: PlacesProps): React.ReactElement {
  return (
    <fieldset className="vre-choices">
      <legend>{trans.__('Where to')}</legend>
      {choicesIn(forecast, trans).map(({ mode, label }) => (
        <label key={mode}>
          <input
            type="radio"
            name="place"
            checked={mode === draft.mode}
            data-first={mode === draft.mode || undefined}
            onChange={() => change({ mode })}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
