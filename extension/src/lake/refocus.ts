/** Gives the focus back to the row whose context menu was closed, which Lumino's menus do not. */

import type { Menu, Widget } from '@lumino/widgets';

/** Watch the context menus of all rows in a widget. */
export function refocusAfter(menu: Menu, widget: Widget): void {
  let row: HTMLElement | null = null;
  widget.node.addEventListener('contextmenu', event => {
    row = (event.target as HTMLElement).closest<HTMLElement>('.vre-row');
  });
  menu.aboutToClose.connect(() => {
    const asked = row;
    row = null;
    // A command may have moved the focus, to a dialog for instance: then it stays there.
    requestAnimationFrame(() => (document.activeElement === document.body ? asked?.focus() : undefined));
  });
}
