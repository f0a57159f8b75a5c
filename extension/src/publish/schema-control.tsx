/** The control for one key of the metadata. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Field } from '../forms/field';
import type { ControlProps } from '../forms/field';
import { keyText } from '../metadata';
import type { SchemaField } from './schema';

interface SchemaControlProps {
  field: SchemaField;
  value: string;
  change: (value: string) => void;
  error: string | null;
  trans: TranslationBundle;
}

/** Its label is the key in words; the key itself, which a search asks for later, is told by the mouse. */
export function SchemaControl({ field, value, change, error, trans }: SchemaControlProps): React.ReactElement {
  return (
    <Field
      label={keyText(field.key, trans)}
      title={field.key}
      hint={hintOf(field, trans)}
      required={field.required}
      error={error}
    >
      {props => <Control {...{ field, value, change, trans, props }} />}
    </Field>
  );
}

interface ControlArguments extends Pick<SchemaControlProps, 'field' | 'value' | 'change' | 'trans'> {
  props: ControlProps;
}

/** Dates and numbers are typed as text: what is wrong with them is then said by us, and kept as typed. */
function Control({ field, value, change, trans, props }: ControlArguments): React.ReactElement {
  const shared = { ...props, value, className: 'jp-mod-styled' };
  switch (field.kind) {
    case 'long':
      return <textarea {...shared} rows={3} onChange={event => change(event.target.value)} />;
    case 'boolean':
    case 'choice':
      return (
        <select {...shared} onChange={event => change(event.target.value)}>
          {choicesOf(field, trans).map(([choice, label]) => (
            <option key={choice} value={choice}>
              {label}
            </option>
          ))}
        </select>
      );
    default:
      return (
        <input
          {...shared}
          type="text"
          inputMode={field.kind === 'integer' ? 'numeric' : field.kind === 'number' ? 'decimal' : undefined}
          autoComplete="off"
          onChange={event => change(event.target.value)}
        />
      );
  }
}

function choicesOf({ kind, options }: SchemaField, trans: TranslationBundle): [string, string][] {
  const named: [string, string][] =
    kind === 'boolean'
      ? [
          ['true', trans.__('yes')],
          ['false', trans.__('no')]
        ]
      : options.map(option => [option, option]);
  return [['', trans.__('not said')], ...named];
}

function hintOf(field: SchemaField, trans: TranslationBundle): string | undefined {
  if (field.description) {
    return field.description;
  }
  if (field.minimum !== null && field.maximum !== null) {
    return field.required
      ? trans.__('From %1 to %2', field.minimum, field.maximum)
      : trans.__('From %1 to %2; empty: unknown', field.minimum, field.maximum);
  }
  if (field.kind === 'date') {
    return trans.__('A date such as 2030-01-31');
  }
  return field.key === 'arxiv' ? trans.__('Such as 2401.01234, or unknown') : undefined;
}
