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
    const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const at = tabs.findIndex(([tab]) => tab === chosen);
    const steps: Record<string, number> = {
      ArrowRight: forward === 'ArrowRight' ? at + 1 : at - 1,
      ArrowLeft: forward === 'ArrowLeft' ? at + 1 : at - 1,
      Home: 0,
      End: tabs.length - 1
    };
    if (event.key in steps) {
      event.preventDefault();
      const next = (steps[event.key] + tabs.length) % tabs.length;
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
