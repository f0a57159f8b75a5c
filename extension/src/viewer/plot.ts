/** The plot of the viewer and of a curve's file: the renderer that also shows overlays in notebooks. */

import type { IRenderMime, IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Panel, Widget } from '@lumino/widgets';
import type { OverlayAnswer } from '../api/types';
import { MIME } from '../mime';

/** Shows one overlay, or a sentence in its place. */
export class OverlayPlot extends Panel {
  private renderer: IRenderMime.IRenderer | null = null;
  private shown: OverlayAnswer | null = null;
  private readonly hint = new Widget({ node: document.createElement('p') });

  constructor(private readonly rendermime: IRenderMimeRegistry) {
    super();
    this.addClass('vre-plot-area');
    this.hint.addClass('vre-plot-hint');
    this.addWidget(this.hint);
  }

  /** Draw an overlay; what is drawn already stays as the reader left it. */
  draw(overlay: OverlayAnswer | null, hint: string): void {
    this.hint.node.textContent = hint;
    this.hint.setHidden(overlay !== null || hint === '');
    if (overlay === this.shown) {
      return;
    }
    this.shown = overlay;
    this.renderer?.dispose();
    this.renderer = null;
    if (overlay !== null) {
      this.renderer = this.rendermime.createRenderer(MIME);
      this.addWidget(this.renderer);
      void this.renderer.renderModel(this.rendermime.createModel({ data: { [MIME]: overlay.payload } }));
    }
  }
}
