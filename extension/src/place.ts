/** Where our widgets stand: in JupyterLab an area of theirs; in Notebook 7 a tab beside the files, or a side. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { TabPanel } from '@lumino/widgets';
import type { Widget } from '@lumino/widgets';

/** Add a widget to the page; `bring` shows it. */
export async function stand(app: JupyterFrontEnd, widget: Widget, area: 'left' | 'main', rank?: number): Promise<void> {
  if (isLab(app)) {
    app.shell.add(widget, area, { rank });
    return;
  }
  await app.restored;
  const tabs = tabsOf(app);
  if (tabs) {
    widget.title.label ||= widget.title.caption;
    tabs.insertWidget(tabs.widgets.length, widget); // addWidget of that page would bring it
  } else {
    // The main area has room for one widget, which is taken.
    app.shell.add(widget, area === 'main' ? 'right' : area, { rank });
  }
}

/** Bring a widget before the user's eyes. */
export function bring(app: JupyterFrontEnd, widget: Widget): void {
  const tabs = tabsOf(app);
  if (tabs?.widgets.includes(widget)) {
    tabs.currentWidget = widget;
    widget.activate();
  } else {
    app.shell.activateById(widget.id);
  }
}

/** The tabs "Files" and "Running" of Notebook 7. */
function tabsOf(app: JupyterFrontEnd): TabPanel | null {
  const { currentWidget } = app.shell;
  return !isLab(app) && currentWidget instanceof TabPanel ? currentWidget : null;
}

function isLab({ name }: JupyterFrontEnd): boolean {
  return name === 'JupyterLab';
}
