/** Keys of the metadata that the schema does not name. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Faults } from './draft';
import { Cell } from './table-field';
import type { MetadataDraft } from './values';

interface FurtherFieldsProps {
  rows: MetadataDraft['further'];
  change: (rows: MetadataDraft['further']) => void;
  faults: Faults;
  trans: TranslationBundle;
}

/** Numbers, true and false are kept as such; everything else is a text. */
export function FurtherFields({ rows, change, faults, trans }: FurtherFieldsProps): React.ReactElement {
  const put = (row: number, part: Partial<{ key: string; value: string }>) =>
    change(rows.map((before, at) => (at === row ? { ...before, ...part } : before)));
  return (
    <fieldset className="vre-table-field">
      <legend>{trans.__('Further keys')}</legend>
      {rows.map(({ key, value }, row) => (
        <div key={row} className="vre-table-row">
          <Cell
            label={trans.__('Further key %1', row + 1)}
            placeholder={trans.__('key')}
            value={key}
            change={key => put(row, { key })}
            fault={faults[`metadata.further.${row}`]}
          />
          <Cell
            label={trans.__('Value of further key %1', row + 1)}
            placeholder={trans.__('value')}
            value={value}
            change={value => put(row, { value })}
            fault={undefined}
          />
          <button
            type="button"
            className="vre-small-button"
            aria-label={trans.__('Remove further key %1', row + 1)}
            onClick={() => change(rows.filter((_, at) => at !== row))}
          >
            {trans.__('Remove')}
          </button>
        </div>
      ))}
      <button type="button" className="vre-small-button" onClick={() => change([...rows, { key: '', value: '' }])}>
        {trans.__('Add a key')}
      </button>
    </fieldset>
  );
}
