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
  /** Search with these filters. */
  ask: (filters: readonly Filter[]) => void;
  trans: TranslationBundle;
}

/** The row of chips; Delete removes the one that has the focus. */
export function Chips({ filters, refused, reason, edit, ask, trans }: Props): React.ReactElement | null {
  const list = React.useRef<HTMLUListElement>(null);
  const id = React.useId();
  const drop = (index: number) => {
    focusBeside(list.current, index);
    ask(filters.filter((_, other) => other !== index));
  };
  const clear = () => {
    focusBeside(list.current, -1);
    ask([]);
  };
  if (filters.length === 0) {
    return null;
  }
  return (
    <>
      <ul className="vre-chips" ref={list} aria-label={trans.__('Filters')}>
        {filters.map((filter, index) => (
          <Chip
            key={Object.values(filter).join(' ')}
            filter={filter}
            reason={index === refused ? id : undefined}
            edit={() => edit(index)}
            drop={() => drop(index)}
            trans={trans}
          />
        ))}
        {filters.length > 1 && <Clear clear={clear} trans={trans} />}
      </ul>
      <p className="vre-field-error" id={id} role="alert">
        {reason ?? ''}
      </p>
    </>
  );
}

/** The focus goes to a neighbour of the chip that leaves, or to the box, not to the top of the page. */
function focusBeside(list: HTMLElement | null, index: number): void {
  const buttons = list?.querySelectorAll<HTMLElement>('.vre-chip-edit');
  const box = list?.parentElement?.querySelector<HTMLElement>('input[type=search]');
  (index < 0 ? box : (buttons?.[index + 1] ?? buttons?.[index - 1] ?? box))?.focus();
}

function Clear({ clear, trans }: { clear: () => void; trans: TranslationBundle }): React.ReactElement {
  return (
    <li>
      <button type="button" className="vre-link" onClick={clear}>
        {trans.__('Remove all')}
      </button>
    </li>
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
