/** The dialog of a fetch: where to, and which files; what is refused stands at its field. */

import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { LakeError } from '../api/error';
import type { FetchOrder, Forecast, Job } from '../api/types';
import { Buttons } from '../forms/buttons';
import { TextField } from '../forms/field';
import { useSubmission } from '../forms/submission';
import type { FetchApi } from './fetching';
import { FolderField } from './folder-field';
import { Outlook } from './outlook';
import type { FetchDraft } from './places';
import { choicesIn, draftOf, orderFrom } from './places';
import { useOutlook } from './use-outlook';

interface FetchDialogProps {
  api: FetchApi;
  contents: Contents.IManager;
  forecast: Forecast;
  order: FetchOrder;
  refused: LakeError | null;
  trans: TranslationBundle;
  close: (job: Job | null) => void;
}

/** Place and pattern; with each change the server says anew what would be fetched. */
export function FetchDialog(props: FetchDialogProps): React.ReactElement {
  const { contents, forecast, trans, close } = props;
  const { draft, change, foreseen, wrong, busy, submit } = useDraft(props);
  const shown = draft.mode === 'folder' ? ['target', 'files'] : ['files'];
  const errorAt = (field: string) => (wrong?.field === field ? wrong.message : null);
  return (
    <form className="vre-form" onSubmit={submit} noValidate>
      <Places forecast={forecast} draft={draft} change={change} trans={trans} />
      {draft.mode === 'folder' && (
        <FolderField
          contents={contents}
          value={draft.folder}
          change={folder => change({ folder })}
          error={errorAt('target')}
          trans={trans}
        />
      )}
      <TextField
        label={trans.__('Files')}
        hint={trans.__('A pattern such as *.root; empty: all')}
        error={errorAt('files')}
        value={draft.files}
        change={files => change({ files })}
      />
      <Outlook forecast={foreseen} trans={trans} />
      <Buttons
        trans={trans}
        label={trans.__('Fetch')}
        busy={busy}
        refused={wrong && !shown.includes(wrong.field ?? '') ? wrong.message : null}
        cancel={() => close(null)}
      />
    </form>
  );
}

/** What is typed, what the server says of it, and the order; a refusal holds until something changes. */
function useDraft({ api, forecast, order, refused, close }: FetchDialogProps) {
  const [draft, setDraft] = React.useState(() => draftOf(order, forecast));
  const { busy, error, run, corrected } = useSubmission(refused);
  const asked = orderFrom(draft, order);
  const outlook = useOutlook(api, asked, forecast);
  return {
    draft,
    change: (changes: Partial<FetchDraft>) => {
      corrected();
      setDraft(before => ({ ...before, ...changes }));
    },
    foreseen: outlook.forecast,
    wrong: outlook.error ?? error,
    busy,
    submit: (event: React.FormEvent) => {
      event.preventDefault();
      void run(async () => close(await api.startFetch(asked)));
    }
  };
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
