/** The form of the metadata, built from the schema. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Faults, Form } from './draft';
import { FurtherFields } from './further-fields';
import type { SchemaField } from './schema';
import { SchemaControl } from './schema-control';
import { TableField } from './table-field';
import type { MetadataDraft } from './values';

interface MetadataFormProps {
  form: Form;
  draft: MetadataDraft;
  change: (changes: Partial<MetadataDraft>) => void;
  faults: Faults;
  trans: TranslationBundle;
}

/** What is needed or asked for is in sight; the rest unfolds, and does so by itself where something is wrong in it. */
export function MetadataForm({ form, draft, change, faults, trans }: MetadataFormProps): React.ReactElement {
  const show = (field: SchemaField) => (
    <OneField key={field.key} field={field} draft={draft} change={change} faults={faults} trans={trans} />
  );
  const sight = form.fields.filter(({ required, asked }) => required || asked);
  const rest = form.fields.filter(field => !sight.includes(field));
  const wrong = Object.keys(faults).some(
    name => name.startsWith('metadata.') && !sight.some(({ key }) => name === `metadata.${key}`)
  );
  return (
    <fieldset className="vre-metadata">
      <legend>{trans.__('Metadata')}</legend>
      <p className="vre-field-error" role="alert">
        {faults.metadata ?? ''}
      </p>
      {sight.map(show)}
      <details open={wrong || undefined}>
        <summary>{trans.__('More metadata')}</summary>
        {rest.map(show)}
        {form.keyPattern !== null && (
          <FurtherFields rows={draft.further} change={further => change({ further })} faults={faults} trans={trans} />
        )}
      </details>
    </fieldset>
  );
}

type OneFieldProps = Omit<MetadataFormProps, 'form'> & { field: SchemaField };

function OneField({ field, draft, change, faults, trans }: OneFieldProps): React.ReactElement {
  const { key } = field;
  if (field.kind === 'table') {
    const rows = draft.tables[key] ?? [];
    return (
      <TableField
        field={field}
        rows={rows}
        change={rows => change({ tables: { ...draft.tables, [key]: rows } })}
        faults={faults}
        trans={trans}
      />
    );
  }
  return (
    <SchemaControl
      field={field}
      value={draft.texts[key] ?? ''}
      change={value => change({ texts: { ...draft.texts, [key]: value } })}
      error={faults[`metadata.${key}`] ?? null}
      trans={trans}
    />
  );
}
