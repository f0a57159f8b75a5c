/** Which dataset the files go to, where it is kept, and how long. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Rse } from '../api/types';
import { Field, TextField } from '../forms/field';
import { RseField } from '../rules/rse-field';
import type { Faults, PublishDraft } from './draft';
import { nameFault } from './names';

interface DatasetFieldsProps {
  draft: PublishDraft;
  change: (changes: Partial<PublishDraft>) => void;
  faults: Faults;
  scopes: readonly string[];
  rses: () => Promise<{ rses: Rse[] }>;
  trans: TranslationBundle;
}

/** The name is checked while it is typed. */
export function DatasetFields({ draft, change, faults, scopes, rses, trans }: DatasetFieldsProps): React.ReactElement {
  const typed = draft.name.trim();
  const text = (field: 'name' | 'rse' | 'days' | 'comment' | 'prefix') => ({
    value: draft[field],
    error: faults[field] ?? null,
    change: (value: string) => change({ [field]: value })
  });
  return (
    <>
      <Purpose draft={draft} change={change} trans={trans} />
      <ScopeField draft={draft} change={change} scopes={scopes} error={faults.scope ?? null} trans={trans} />
      <TextField
        label={trans.__('Name of the dataset')}
        {...text('name')}
        required
        first
        error={(typed ? nameFault(typed, trans) : null) ?? faults.name ?? null}
      />
      <RseField
        rses={rses}
        trans={trans}
        {...text('rse')}
        required={draft.isNew}
        hint={draft.isNew ? undefined : trans.__('Empty: where the dataset is kept')}
      />
      {draft.isNew && <RuleFields text={text} trans={trans} />}
      <TextField
        label={trans.__('Begin of file names')}
        hint={trans.__('Put before each name; usually empty')}
        {...text('prefix')}
      />
    </>
  );
}

type TextProps = (field: 'days' | 'comment') => {
  value: string;
  error: string | null;
  change: (value: string) => void;
};

/** Of the rule that keeps a new dataset. */
function RuleFields({ text, trans }: { text: TextProps; trans: TranslationBundle }): React.ReactElement {
  return (
    <>
      <TextField
        label={trans.__('Days')}
        hint={trans.__('Empty: as long as the lake usually keeps')}
        {...text('days')}
      />
      <TextField
        label={trans.__('Comment')}
        hint={trans.__('Why it is kept, for you and the admins')}
        {...text('comment')}
      />
    </>
  );
}

type Part = Pick<DatasetFieldsProps, 'draft' | 'change' | 'trans'>;

function Purpose({ draft, change, trans }: Part): React.ReactElement {
  const choices: [boolean, string][] = [
    [true, trans.__('A new dataset')],
    [false, trans.__('Add to a dataset that is there')]
  ];
  return (
    <fieldset className="vre-choices">
      <legend>{trans.__('Publish as')}</legend>
      {choices.map(([isNew, label]) => (
        <label key={label}>
          <input type="radio" name="purpose" checked={draft.isNew === isNew} onChange={() => change({ isNew })} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Those that I may write; that of a dataset which was named stays among them. */
function ScopeField({
  draft,
  change,
  scopes,
  error,
  trans
}: Part & { scopes: readonly string[]; error: string | null }) {
  const offered = draft.scope && !scopes.includes(draft.scope) ? [draft.scope, ...scopes] : scopes;
  const none =
    scopes.length === 0 ? trans.__('You may write no scope of this lake; its admins give scopes') : undefined;
  return (
    <Field label={trans.__('Scope')} required error={error} hint={none}>
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
