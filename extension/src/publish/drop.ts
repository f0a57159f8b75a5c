/** Files of the file browser that are dropped on the panel. */

import type { Drag } from '@lumino/dragdrop';

/** What Jupyter's file browser drags: a list of paths. */
const CONTENTS = 'application/x-jupyter-icontents';
const OVER = 'vre-drop-target';

/** Take drops on a node; what was dropped is for the caller. */
export function takeDrops(node: HTMLElement, take: (paths: string[]) => void): void {
  const handle = (given: Event) => {
    const event = given as Drag.Event;
    if (!event.mimeData.hasData(CONTENTS)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    node.classList.toggle(OVER, event.type === 'lm-dragenter' || event.type === 'lm-dragover');
    if (event.type !== 'lm-dragleave') {
      event.dropAction = event.proposedAction; // the file browser knows only one; the files stay where they are
    }
    if (event.type === 'lm-drop') {
      const paths: unknown = event.mimeData.getData(CONTENTS);
      take(Array.isArray(paths) ? paths.filter(path => typeof path === 'string') : []);
    }
  };
  for (const kind of ['lm-dragenter', 'lm-dragover', 'lm-dragleave', 'lm-drop']) {
    node.addEventListener(kind, handle);
  }
}
