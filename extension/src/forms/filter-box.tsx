/** A box that narrows a list while one types. */

import * as React from 'react';

interface FilterBoxProps {
  /** What is filtered, and by what. */
  label: string;
  placeholder: string;
  value: string;
  change: (text: string) => void;
  onKeyDown?: React.KeyboardEventHandler<HTMLInputElement>;
}

/** The box. */
export function FilterBox({ label, placeholder, value, change, onKeyDown }: FilterBoxProps): React.ReactElement {
  return (
    <input
      className="vre-filter"
      type="search"
      aria-label={label}
      placeholder={placeholder}
      title={label}
      value={value}
      onChange={event => change(event.currentTarget.value)}
      onKeyDown={onKeyDown}
    />
  );
}
