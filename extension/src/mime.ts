/** The renderer of limit overlays in JupyterLab and Notebook 7; the payload is data, so it is safe untrusted too. */

import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import type { BokehModule } from './limits/bokeh';
import type { Drawing, Memory } from './limits/draw';
import { drawLimits } from './limits/draw';

export const MIME = 'application/vnd.vre.limits+json';

/** As long as the page lives; stored nowhere. JupyterLab gives a cell that is moved a new output of equal content. */
const memory: Memory = new Map();

/** Draws once it is in the page, which Bokeh needs to measure its plot. */
export class LimitsRenderer extends Widget implements IRenderMime.IRenderer {
  private drawing: Promise<Drawing | null> = Promise.resolve(null);
  private model: unknown = null;

  constructor(private options: IRenderMime.IRendererOptions) {
    super();
    this.addClass('vre-limits-output');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.model = model.data[this.options.mimeType];
    const drawing = await this.drawing;
    if (!this.taken(drawing)) {
      await this.after(() => this.drawn());
    }
  }

  override dispose(): void {
    void this.after(async () => null);
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    void this.after(() => this.drawn());
  }

  protected override onBeforeDetach(message: Message): void {
    void this.after(async () => null);
    super.onBeforeDetach(message);
  }

  /** One drawing after the other, each taken away first: two updates never draw into each other. */
  private after(next: () => Promise<Drawing | null>): Promise<Drawing | null> {
    this.drawing = this.drawing.then(before => {
      before?.dispose();
      return next();
    });
    return this.drawing;
  }

  /** Whether a plot that stands goes on with the new data, as below a slider of the kernel. */
  private taken(drawing: Drawing | null): boolean {
    try {
      return drawing?.take(this.model) ?? false;
    } catch {
      return false; // drawing it says what is wrong
    }
  }

  private async drawn(): Promise<Drawing | null> {
    if (this.model === null || !this.isAttached) {
      return null;
    }
    try {
      return await drawLimits(this.node, this.model, await bokeh(), memory);
    } catch (error) {
      this.node.textContent = error instanceof Error ? error.message : String(error);
      return null;
    }
  }
}

/** A chunk of its own, loaded from this extension with the first overlay. */
async function bokeh(): Promise<BokehModule> {
  return (await import('@bokeh/bokehjs/build/js/bokeh.esm.min.js')).default;
}

const extension: IRenderMime.IExtension = {
  id: 'vre-dm-lab:limits',
  description: 'Draws limit overlays of vre-dm.',
  rendererFactory: {
    safe: true,
    mimeTypes: [MIME],
    // Before the SVG (90) and the HTML (40…) that travel beside it.
    defaultRank: 0,
    createRenderer: options => new LimitsRenderer(options)
  },
  dataType: 'json'
};

export default extension;
