/** The dialog of a fetch: where to, and which files; what is refused stands at its field. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { asLakeError, isAbort } from '../api/error';
import type { LakeError } from '../api/error';
import type { FetchOrder, Forecast, Job } from '../api/types';
import { Buttons } from '../forms/buttons';
import { TextField } from '../forms/field';
import { useSubmission } from '../forms/submission';
import type { FetchApi } from './fetching';
import { Outlook } from './outlook';
import type { FetchDraft } from './places';
import { draftOf, orderFrom, placeIn, takesFolder } from './places';

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
  const outlook = useOutlook(api, draft, forecast);
  const change = (changes: Partial<FetchDraft>) => setDraft(before => ({ ...before, ...changes }));
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    void sending.run(async () => close(await api.startFetch(orderFrom(draft, forecast))));
  };
  const errorAt = (field: string) =>
    sending.at(field) ?? (outlook.error?.field === field ? outlook.error.message : null);
  return (
    <form className="vre-form" onSubmit={submit}>
      <Places forecast={forecast} draft={draft} change={change} trans={trans} />
      {takesFolder(draft, forecast) && (
        <TextField
          label={trans.__('Another folder')}
          hint={trans.__('Empty: %1', placeIn(draft, forecast)?.target ?? '')}
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
      <Outlook forecast={outlook.forecast} trans={trans} />
      <Buttons
        trans={trans}
        label={trans.__('Fetch')}
        busy={sending.busy}
        refused={sending.elsewhere(['target', 'files']) ?? elsewhere(outlook.error)}
        cancel={() => close(null)}
      />
    </form>
  );
}

function elsewhere(error: LakeError | null): string | null {
  return error && !['target', 'files'].includes(error.field ?? '') ? error.message : null;
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
      {forecast.places.map((place, at) => (
        <label key={at}>
          <input
            type="radio"
            name="place"
            checked={at === draft.place}
            data-first={at === draft.place || undefined}
            onChange={() => change({ place: at })}
          />
          <span>{place.label}</span>
          <span className="vre-hint">{place.target}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** What the server foresees for the draft, asked a moment after the last change. */
function useOutlook(
  api: FetchApi,
  draft: FetchDraft,
  first: Forecast
): { forecast: Forecast; error: LakeError | null } {
  const [outlook, setOutlook] = React.useState<{ forecast: Forecast; error: LakeError | null }>({
    forecast: first,
    error: null
  });
  const { target, files } = orderFrom(draft, first);
  const asked = React.useRef(`${target}\n${files}`);
  React.useEffect(() => {
    if (asked.current === `${target}\n${files}`) {
      return;
    }
    const control = new AbortController();
    const timer = window.setTimeout(() => {
      asked.current = `${target}\n${files}`;
      api
        .forecast(first.did, { target: target ?? undefined, files: files ?? undefined }, control.signal)
        .then(forecast => setOutlook({ forecast, error: null }))
        .catch(error => isAbort(error) || setOutlook(before => ({ ...before, error: asLakeError(error) })));
    }, 300);
    return () => {
      window.clearTimeout(timer);
      control.abort();
    };
  }, [target, files]);
  return outlook;
}
