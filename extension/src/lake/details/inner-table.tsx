/** A key of the metadata that is a table: the columns of a file with their units. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { keyText } from '../../metadata';
import { columnsOf, valueText } from './words';
import type { InnerRow } from './words';

interface Props {
  /** The key. */
  name: string;
  rows: readonly InnerRow[];
  trans: TranslationBundle;
}

/** What stands first in a row is what the row is about. */
export function InnerTable({ name, rows, trans }: Props): React.ReactElement {
  const columns = columnsOf(rows);
  const title = keyText(name, trans);
  return (
    <>
      <h3 title={name}>{title}</h3>
      <table className="vre-facts vre-inner-table" aria-label={title}>
        <thead>
          <tr>
            {columns.map(column => (
              <th key={column} scope="col" title={column}>
                {keyText(column, trans)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map((column, at) => {
                const Cell = at === 0 ? 'th' : 'td';
                return (
                  <Cell key={column} scope={at === 0 ? 'row' : undefined}>
                    {Object.hasOwn(row, column) ? valueText({ value: row[column], kind: '' }, trans) : ''}
                  </Cell>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
