/** Which dataset the files go to, where it is kept, and how long. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Rses } from '../api/types';
import { Field, TextField } from '../forms/field';
import { emptyDaysText } from '../rules/days';
import { RseField, useRses } from '../rules/rse-field';
import { turned } from './draft';
import type { Faults, PublishDraft, Usual } from './draft';
import { nameFault } from './names';

interface DatasetFieldsProps {
  draft: PublishDraft;
  change: (changes: Partial<PublishDraft>) => void;
  faults: Faults;
  /** Whether the new dataset has the name of one that is there. */
  isTaken: boolean;
  usual: Usual;
  rses: () => Promise<Rses>;
  trans: TranslationBundle;
}

/** What an empty field means is said by what the lake does then. */
export function DatasetFields(props: DatasetFieldsProps): React.ReactElement {
  const { draft, change, faults, trans } = props;
  const { scopes } = props.usual;
  const rses = useRses(props.rses);
  const text = (field: 'rse' | 'days' | 'comment' | 'prefix') => ({
    value: draft[field],
    error: faults[field] ?? null,
    change: (value: string) => change({ [field]: value })
  });
  return (
    <>
      <Purpose {...props} />
      <ScopeField draft={draft} change={change} scopes={scopes} error={faults.scope ?? null} trans={trans} />
      <NameField {...props} />
      <RseField
        names={rses.names}
        trans={trans}
        {...text('rse')}
        required={draft.isNew}
        hint={draft.isNew ? undefined : trans.__('Empty: where the dataset is kept')}
      />
      {draft.isNew && (
        <>
          <TextField label={trans.__('Days')} hint={emptyDaysText(rses.days, trans)} {...text('days')} />
          <TextField
            label={trans.__('Comment')}
            hint={trans.__('Why it is kept, for you and the admins')}
            {...text('comment')}
          />
        </>
      )}
      <TextField
        label={trans.__('Prefix of file names')}
        hint={trans.__('Put before each name; usually empty')}
        {...text('prefix')}
      />
    </>
  );
}

/** Checked while it is typed; of a name that is taken the user says whether the files are to join. */
function NameField({ draft, change, faults, isTaken, usual, trans }: DatasetFieldsProps): React.ReactElement {
  const typed = draft.name.trim();
  return (
    <>
      <TextField
        label={trans.__('Name of the dataset')}
        value={draft.name}
        change={name => change({ name })}
        required
        first
        error={(typed ? nameFault(typed, trans) : null) ?? faults.name ?? null}
      />
      {isTaken && (
        <button
          type="button"
          className="vre-small-button vre-taken"
          onClick={() => change(turned(draft, false, usual))}
        >
          {trans.__('Add the files to it')}
        </button>
      )}
    </>
  );
}

function Purpose({ draft, change, usual, trans }: DatasetFieldsProps): React.ReactElement {
  const choices: [boolean, string][] = [
    [true, trans.__('A new dataset')],
    [false, trans.__('Add to a dataset that is there')]
  ];
  return (
    <fieldset className="vre-choices">
      <legend>{trans.__('Publish as')}</legend>
      {choices.map(([isNew, label]) => (
        <label key={label}>
          <input
            type="radio"
            name="purpose"
            checked={draft.isNew === isNew}
            onChange={() => change(turned(draft, isNew, usual))}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface ScopeFieldProps extends Pick<DatasetFieldsProps, 'draft' | 'change' | 'trans'> {
  scopes: readonly string[];
  error: string | null;
}

/** Those that I may write; that of a dataset which was named stays, with a warning. */
function ScopeField({ draft, change, scopes, error, trans }: ScopeFieldProps): React.ReactElement {
  const foreign = draft.scope !== '' && !scopes.includes(draft.scope);
  const offered = foreign ? [draft.scope, ...scopes] : scopes;
  return (
    <Field label={trans.__('Scope')} required error={error} hint={scopeHint(foreign, scopes, trans)}>
      {props => (
        <select
          {...props}
          className="jp-mod-styled"
          value={draft.scope}
          onChange={event => change({ scope: event.target.value })}
        >
          {offered.map(scope => (
            <option key={scope} value={scope}>
              {scope}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function scopeHint(foreign: boolean, scopes: readonly string[], trans: TranslationBundle): string | undefined {
  if (scopes.length === 0) {
    return trans.__('You may write no scope of this lake; its admins give scopes');
  }
  return foreign ? trans.__('This scope is not yours: choose one of yours, or ask its owner for the right') : undefined;
}
