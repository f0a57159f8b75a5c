/** Tabs as the ARIA Authoring Practices have them: one stop of Tab, arrows between them. */

import * as React from 'react';

interface Props<T extends string> {
  label: string;
  tabs: readonly (readonly [T, string])[];
  chosen: T;
  choose: (tab: T) => void;
  children: React.ReactNode;
}

/** The tabs, and the panel of the one that is chosen. */
export function Tabs<T extends string>({ label, tabs, chosen, choose, children }: Props<T>): React.ReactElement {
  const id = React.useId();
  const row = React.useRef<HTMLDivElement>(null);
  const turn = (event: React.KeyboardEvent) => {
    const at = tabs.findIndex(([tab]) => tab === chosen);
    const next = stepped(event, at, tabs.length);
    if (next !== null) {
      event.preventDefault();
      choose(tabs[next][0]);
      row.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
    }
  };
  return (
    <>
      <div className="vre-tabs" role="tablist" aria-label={label} ref={row} onKeyDown={turn}>
        {tabs.map(([tab, text]) => (
          <button
            type="button"
            key={tab}
            role="tab"
            id={`${id}-${tab}`}
            aria-selected={tab === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={tab === chosen ? 0 : -1}
            onClick={() => choose(tab)}
          >
            {text}
          </button>
        ))}
      </div>
      <div className="vre-tab-panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen}`}>
        {children}
      </div>
    </>
  );
}

/** The tab that a key leads to, round at the ends; null for other keys. */
function stepped({ key, currentTarget }: React.KeyboardEvent, at: number, count: number): number | null {
  const forward = getComputedStyle(currentTarget).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    return (at + (key === forward ? 1 : -1) + count) % count;
  }
  return key === 'Home' ? 0 : key === 'End' ? count - 1 : null;
}
