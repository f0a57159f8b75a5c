/** Dragging DIDs: cells for a notebook, their source for any other editor. */

import type { NotebookPanel } from '@jupyterlab/notebook';
import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';
import { attach, codeCell } from './notebooks';
import type { Made } from './writer';

const CELLS = 'application/vnd.jupyter.cells';

/** Drag until it is dropped; the notebook that took something then knows which DIDs it uses. */
export async function dragCells(
  cells: readonly Made[],
  event: MouseEvent,
  panels: () => NotebookPanel[]
): Promise<void> {
  const mimeData = new MimeData();
  mimeData.setData(
    CELLS,
    cells.map(({ source }) => codeCell(source))
  );
  mimeData.setData('text/plain', cells.map(({ source }) => source).join('\n\n'));
  const dragImage = imageOf(cells);
  const drag = new Drag({ mimeData, dragImage, supportedActions: 'copy-move', proposedAction: 'copy' });
  const action = await drag.start(event.clientX, event.clientY);
  drag.dispose();
  if (action !== 'none') {
    panels().forEach(panel => attachDropped(panel, cells));
  }
}

/** What lies in the notebook now, as a cell or inside one. */
function attachDropped(panel: NotebookPanel, cells: readonly Made[]): void {
  const sources = panel.model?.sharedModel.cells.map(cell => cell.getSource()) ?? [];
  for (const { source, attachment } of cells) {
    if (sources.some(text => text.includes(source))) {
      attach(panel, attachment);
    }
  }
}

function imageOf(cells: readonly Made[]): HTMLElement {
  const image = document.createElement('div');
  image.className = 'vre-drag';
  for (const { attachment } of cells.slice(0, 5)) {
    const line = document.createElement('div');
    line.textContent = attachment.did;
    image.append(line);
  }
  if (cells.length > 5) {
    image.append('…');
  }
  return image;
}
