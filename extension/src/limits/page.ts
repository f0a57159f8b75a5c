/** Entry of the bundle that the saved HTML carries: `vreDmLimits.draw(host, model)` with the page's own BokehJS. */

import type { BokehModule } from './bokeh';
import type { Drawing } from './draw';
import { drawLimits } from './draw';

declare global {
  var Bokeh: BokehModule;
  var vreDmLimits: { draw(host: HTMLElement, model: unknown): Promise<Drawing> };
}

globalThis.vreDmLimits = { draw: (host, model) => drawLimits(host, model, globalThis.Bokeh) };
