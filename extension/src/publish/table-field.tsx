/** A key that is a list of objects, as a small table to type into: the columns of a file with their units. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { keyText } from '../metadata';
import type { Faults } from './draft';
import type { SchemaField } from './schema';
import type { Cells } from './values';

interface TableFieldProps {
  field: SchemaField;
  rows: readonly Cells[];
  change: (rows: readonly Cells[]) => void;
  faults: Faults;
  trans: TranslationBundle;
}

/** Rows are added and removed; each cell has a name for a screen reader and its own fault. */
export function TableField({ field, rows, change, faults, trans }: TableFieldProps): React.ReactElement {
  const put = (row: number, key: string, value: string) =>
    change(rows.map((cells, at) => (at === row ? { ...cells, [key]: value } : cells)));
  const name = keyText(field.key, trans);
  return (
    <fieldset className="vre-table-field">
      <legend title={field.key}>{name}</legend>
      <p className="vre-field-error" role="alert">
        {faults[`metadata.${field.key}`] ?? ''}
      </p>
      {rows.map((cells, row) => (
        <div key={row} className="vre-table-row">
          {field.columns.map(column => (
            <Cell
              key={column.key}
              label={trans.__('%1 of row %2', keyText(column.key, trans), row + 1)}
              placeholder={keyText(column.key, trans)}
              value={cells[column.key] ?? ''}
              change={value => put(row, column.key, value)}
              fault={faults[`metadata.${field.key}.${row}.${column.key}`]}
            />
          ))}
          <button
            type="button"
            className="vre-small-button"
            aria-label={trans.__('Remove row %1 of %2', row + 1, name)}
            onClick={() => change(rows.filter((_, at) => at !== row))}
          >
            {trans.__('Remove')}
          </button>
        </div>
      ))}
      <button type="button" className="vre-small-button" onClick={() => change([...rows, {}])}>
        {trans.__('Add a row to %1', name)}
      </button>
    </fieldset>
  );
}

interface CellProps {
  label: string;
  placeholder: string;
  value: string;
  change: (value: string) => void;
  fault: string | undefined;
}

/** A text in a row of texts, with its fault below it. */
export function Cell({ label, placeholder, value, change, fault }: CellProps): React.ReactElement {
  const id = React.useId();
  return (
    <span className="vre-cell">
      <input
        type="text"
        className="jp-mod-styled"
        aria-label={label}
        aria-invalid={fault ? true : undefined}
        aria-describedby={fault ? id : undefined}
        placeholder={placeholder}
        value={value}
        onChange={event => change(event.target.value)}
      />
      {fault && (
        <span className="vre-field-error" id={id} role="alert">
          {fault}
        </span>
      )}
    </span>
  );
}
