/** A list of any length as a tree, a list box or a grid, by mouse and by keyboard; at most 200 rows are in the page. */

import * as React from 'react';
import { watchDrag } from './drag';
import { keyAt } from './list';
import type { RowFacts, RowsProps } from './list';
import { Row } from './row';
import type { RowProps } from './row';
import { useActive } from './use-active';
import type { Active } from './use-active';
import { useKeys } from './use-keys';
import { useMarks } from './use-marks';
import type { Marks } from './use-marks';
import { useSight } from './use-sight';
import { useWindow } from './use-window';

const WAITING: RowFacts = { text: '…', remark: true };

/** The list. Its parent gives it its height. */
export function Rows<T>(props: RowsProps<T>): JSX.Element {
  const { role, count, onRange } = props;
  const view = useWindow(count);
  const active = useActive(props, view);
  const marks = useMarks(props);
  const onKeyDown = useKeys(props, view, active, marks);
  useSight(props, view, active.index);
  const { first, end } = view.range;
  React.useEffect(() => onRange?.(first, end), [first, end, count, onRange]);
  const told = { ...mouseOf(props, active, marks), role, count, height: view.row };
  return (
    <div
      className="vre-rows"
      ref={view.frame}
      role={role}
      aria-label={props.label}
      aria-multiselectable={props.multiple || undefined}
      aria-rowcount={role === 'grid' ? count : undefined}
      onKeyDown={onKeyDown}
    >
      <div className="vre-row vre-rows-probe" ref={view.probe} aria-hidden="true" />
      <div className="vre-rows-all" role="presentation" style={{ height: count * view.row }}>
        {inPage(first, end, active.index).map(index => {
          const key = keyAt(props, index);
          const stands = { index, selected: marks.keys.has(key), active: index === active.index };
          return <Placed key={key} list={props} {...told} {...stands} />;
        })}
      </div>
    </div>
  );
}

type PlacedProps<T> = Omit<RowProps, 'facts' | 'children'> & { list: RowsProps<T> };

/** A row of the list, or its place while it is being asked for. */
function Placed<T>({ list, ...told }: PlacedProps<T>): JSX.Element {
  const item = list.at(told.index);
  return (
    <Row {...told} facts={item === undefined ? WAITING : list.facts(item)}>
      {item === undefined ? null : list.render(item)}
    </Row>
  );
}

/** Indices of the rows in the page: the window, and the row that has the focus wherever it is. */
function inPage(first: number, end: number, active: number): number[] {
  const window = Array.from({ length: Math.max(0, end - first) }, (_, step) => first + step);
  if (active >= 0 && active < first) {
    return [active, ...window];
  }
  return active >= end ? [...window, active] : window;
}

type Mouse = Pick<RowProps, 'onClick' | 'onDoubleClick' | 'onMouseDown' | 'onContextMenu' | 'onFocus'>;

function mouseOf<T>(props: RowsProps<T>, active: Active, marks: Marks): Mouse {
  const isMarked = (index: number) => marks.keys.has(keyAt(props, index));
  const dragged = (index: number): T[] => {
    const items = Array.from({ length: isMarked(index) ? props.count : 0 }, (_, at) => props.at(at));
    const marked = items.filter((item): item is T => item !== undefined && marks.keys.has(props.keyOf(item)));
    const one = props.at(index);
    return marked.length ? marked : one === undefined ? [] : [one];
  };
  return {
    onClick: (event, index) => {
      const item = props.at(index);
      if (item !== undefined && (event.target as HTMLElement).closest('.vre-twisty')) {
        props.onExpand?.(item, !props.facts(item).expanded);
      } else if (event.ctrlKey || event.metaKey) {
        marks.toggle(index);
      } else {
        marks.moved(index, event.shiftKey, false);
      }
    },
    onDoubleClick: (event, index) => {
      const item = props.at(index);
      if (item !== undefined && !(event.target as HTMLElement).closest('.vre-twisty')) {
        props.onAct?.(item);
      }
    },
    onMouseDown: (event, index) => {
      if (event.button === 0 && props.onDrag) {
        watchDrag(event, move => props.onDrag?.(dragged(index), move));
      }
    },
    onContextMenu: index => (isMarked(index) ? undefined : marks.moved(index, false, false)),
    onFocus: active.note
  };
}
