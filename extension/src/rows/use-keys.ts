/** The keyboard of a long list: what a key means (`keys.ts`) done to the list. */

import * as React from 'react';
import { actionOf } from './keys';
import type { Action } from './keys';
import { keyAt, parentOf } from './list';
import type { RowsProps } from './list';
import { TypeAhead } from './typing';
import type { Active } from './use-active';
import type { Marks } from './use-marks';
import type { ListWindow } from './use-window';
import { pageOf } from './window';

/** Handles keys pressed on a row. */
export function useKeys<T>(
  props: RowsProps<T>,
  view: ListWindow,
  active: Active,
  marks: Marks
): (event: React.KeyboardEvent<HTMLElement>) => void {
  const typing = React.useRef(new TypeAhead());
  return event => {
    const row = (event.target as HTMLElement).closest('.vre-row');
    if (event.target !== row || event.defaultPrevented) {
      return; // a control inside a row has its own keys
    }
    const action = meaning(event, props, view, active, typing.current);
    if (action) {
      event.preventDefault();
      event.stopPropagation();
      perform(action, props, active, marks, typing.current, row as HTMLElement);
    }
  };
}

function meaning<T>(
  event: React.KeyboardEvent,
  props: RowsProps<T>,
  view: ListWindow,
  { index }: Active,
  typing: TypeAhead
): Action | null {
  if (event.key === ' ' && !event.ctrlKey && typing.active(event.timeStamp)) {
    return { do: 'type', text: ' ' };
  }
  const item = props.at(index);
  const place = {
    index,
    count: props.count,
    page: pageOf(view.port()),
    expanded: item === undefined ? undefined : props.facts(item).expanded,
    parent: event.key === 'ArrowLeft' || event.key === 'ArrowRight' ? parentOf(props, index) : -1
  };
  return actionOf(event, place, getComputedStyle(event.currentTarget).direction === 'rtl');
}

function perform<T>(
  action: Action,
  props: RowsProps<T>,
  active: Active,
  marks: Marks,
  typing: TypeAhead,
  row: HTMLElement
): void {
  const item = props.at(active.index);
  if (action.do === 'move') {
    active.go(action.to);
    marks.moved(action.to, action.extend, action.keep);
  } else if (action.do === 'type') {
    const to = typing.find(action.text, performance.now(), active.index, props.count, at => textAt(props, at));
    active.go(to);
    marks.moved(to, false, false);
  } else if (action.do === 'menu') {
    openMenu(row);
  } else if (action.do === 'all' || action.do === 'toggle' || action.do === 'span') {
    marks[action.do](active.index);
  } else if (item !== undefined && action.do === 'act') {
    props.onAct?.(item);
  } else if (item !== undefined) {
    props.onExpand?.(item, action.do === 'open');
  }
}

function textAt<T>(props: RowsProps<T>, index: number): string {
  const item = props.at(index);
  return item === undefined ? keyAt(props, index) : (props.wordOf?.(item) ?? props.facts(item).text);
}

/** Shift+F10 as a click with the right button: JupyterLab leaves the one with Shift to the browser. */
function openMenu(row: HTMLElement): void {
  const box = row.getBoundingClientRect();
  const place = { clientX: box.left + 24, clientY: box.top + box.height / 2 };
  row.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...place }));
}
