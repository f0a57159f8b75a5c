/** One row of a long list: its place, what assistive technology is told, and its share of the mouse. */

import * as React from 'react';
import type { RowFacts } from './list';

const ITEM_ROLES = { tree: 'treeitem', listbox: 'option', grid: 'row' } as const;

/** What the list tells a row. */
export interface RowProps {
  role: keyof typeof ITEM_ROLES;
  index: number;
  count: number;
  height: number;
  facts: RowFacts;
  selected: boolean;
  active: boolean;
  onClick: (event: React.MouseEvent, index: number) => void;
  onDoubleClick: (event: React.MouseEvent, index: number) => void;
  onMouseDown: (event: React.MouseEvent, index: number) => void;
  onContextMenu: (index: number) => void;
  onFocus: (index: number) => void;
  children: React.ReactNode;
}

/** A row at its place. */
export function Row(props: RowProps): JSX.Element {
  const { index, facts, height, active, selected } = props;
  return (
    <div
      {...described(props)}
      className={`vre-row ${facts.className ?? ''}`}
      data-index={index}
      data-did={facts.did}
      aria-selected={selected}
      aria-label={props.role === 'grid' ? undefined : facts.text}
      tabIndex={active ? 0 : -1}
      style={{ top: index * height }}
      onClick={event => props.onClick(event, index)}
      onDoubleClick={event => props.onDoubleClick(event, index)}
      onMouseDown={event => props.onMouseDown(event, index)}
      onContextMenu={() => props.onContextMenu(index)}
      onFocus={() => props.onFocus(index)}
    >
      {props.children}
    </div>
  );
}

function described({ role, index, count, facts }: RowProps): React.AriaAttributes & { role: string } {
  if (role === 'grid') {
    return { role: ITEM_ROLES.grid, 'aria-rowindex': index + 1 };
  }
  return {
    role: ITEM_ROLES[role],
    'aria-level': role === 'tree' ? (facts.level ?? 1) : undefined,
    'aria-posinset': facts.position ?? index + 1,
    'aria-setsize': facts.siblings ?? count,
    'aria-expanded': facts.expanded
  };
}
