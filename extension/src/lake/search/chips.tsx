/** The filters as chips: each can be changed and removed, by mouse and by keyboard. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Filter } from './query';

interface Props {
  filters: readonly Filter[];
  /** Which one the server refused, and why. */
  refused: number;
  reason: string | null;
  edit: (index: number) => void;
  remove: (index: number) => void;
  trans: TranslationBundle;
}

/** The row of chips; Delete removes the one that has the focus. */
export function Chips({ filters, refused, reason, edit, remove, trans }: Props): React.ReactElement | null {
  const list = React.useRef<HTMLUListElement>(null);
  const id = React.useId();
  const drop = (index: number) => {
    // The focus goes to a neighbour or the box, not to the top of the page.
    const buttons = list.current?.querySelectorAll<HTMLElement>('.vre-chip-edit');
    const box = list.current?.parentElement?.querySelector<HTMLElement>('input[type=search]');
    (buttons?.[index + 1] ?? buttons?.[index - 1] ?? box)?.focus();
    remove(index);
  };
  if (filters.length === 0) {
    return null;
  }
  return (
    <>
      <ul className="vre-chips" ref={list} aria-label={trans.__('Filters')}>
        {filters.map((filter, index) => (
          <Chip
            key={index}
            filter={filter}
            reason={index === refused ? id : undefined}
            edit={() => edit(index)}
            drop={() => drop(index)}
            trans={trans}
          />
        ))}
      </ul>
      <p className="vre-field-error" id={id} role="alert">
        {reason ?? ''}
      </p>
    </>
  );
}

interface ChipProps {
  filter: Filter;
  /** Element that says why the server refused it. */
  reason: string | undefined;
  edit: () => void;
  drop: () => void;
  trans: TranslationBundle;
}

function Chip({ filter: { key, operator, value }, reason, edit, drop, trans }: ChipProps): React.ReactElement {
  return (
    <li className={`vre-chip ${reason ? 'vre-mod-refused' : ''}`}>
      <button
        type="button"
        className="vre-chip-edit"
        aria-describedby={reason}
        title={trans.__('Change this filter (Delete removes it)')}
        onClick={edit}
        onKeyDown={event => (['Delete', 'Backspace'].includes(event.key) ? drop() : undefined)}
      >
        {`${key} ${operator} ${value}`}
      </button>
      <button
        type="button"
        className="vre-chip-remove"
        aria-label={trans.__('Remove the filter %1', key)}
        onClick={drop}
      >
        <span aria-hidden="true">×</span>
      </button>
    </li>
  );
}
