/** Entry of the bundle that the saved HTML carries: `vreDmLimits.draw(host, model)` with the page's own BokehJS. */

import type { BokehModule } from './bokeh';
import type { Drawing } from './draw';
import { drawLimits } from './draw';

declare global {
  var Bokeh: BokehModule;
  var vreDmLimits: { draw(host: HTMLElement, model: unknown): Promise<Drawing> };
}

/** A model that cannot be drawn says so in its place. */
async function draw(host: HTMLElement, model: unknown): Promise<Drawing> {
  try {
    return await drawLimits(host, model, globalThis.Bokeh);
  } catch (error) {
    host.setAttribute('role', 'alert');
    host.textContent = error instanceof Error ? error.message : String(error);
    throw error;
  }
}

globalThis.vreDmLimits = { draw };
