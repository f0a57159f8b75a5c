/** The small part of BokehJS that is used, and the two models the axes add to it. */

import { tickLabels, ticks } from './numbers';

export interface BokehModel {
  id: string;
  name: string | null;
  setv(values: Record<string, unknown>): void;
  change: { connect(slot: () => void): void; emit(): void };
}

export interface Source extends BokehModel {
  data: Record<string, unknown[]>;
}

export interface Range extends BokehModel {
  start: number;
  end: number;
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface PlotView {
  model: BokehModel & { document: BokehDocument; x_range: Range; y_range: Range; inner_width: number };
  el: HTMLElement;
  frame: { bbox: Box };
  export(type: 'png' | 'svg', hidpi?: boolean): { to_blob(): Promise<Blob> };
  remove(): void;
}

export interface BokehDocument {
  get_model_by_name(name: string): BokehModel | null;
  clear(): void;
}

type Constructor = {
  new (...values: any[]): any;
  __qualified__: string;
  define(properties: (kinds: any) => object): void;
};

export interface BokehModule {
  version: string;
  embed: { embed_item(item: object, target: HTMLElement): Promise<unknown> };
  index: { get_by_id(id: string): unknown };
  Models: { get(name: string): Constructor | null; register(model: unknown): void };
}

/** Ticks and their labels in the unit that is shown, while the data keep theirs. */
export function registerAxisModels(bokeh: BokehModule): void {
  if (bokeh.Models.get('VreDecades')) {
    return;
  }
  const Ticker = bokeh.Models.get('ContinuousTicker')!;
  const Formatter = bokeh.Models.get('TickFormatter')!;
  const factor = ({ Float }: { Float: unknown }): object => ({ factor: [Float, 1] });
  class Decades extends Ticker {
    static {
      this.define(factor);
    }
    get_ticks_no_defaults(low: number, high: number): object {
      const shown = ticks(low * this.factor, high * this.factor);
      const inData = (tick: number): number => tick / this.factor;
      return { major: shown.major.map(inData), minor: shown.minor.map(inData) };
    }
  }
  class Exponents extends Formatter {
    static {
      this.define(factor);
    }
    doFormat(values: number[]): string[] {
      return tickLabels(values.map(value => value * this.factor));
    }
  }
  register(bokeh, 'VreDecades', Decades);
  register(bokeh, 'VreExponents', Exponents);
}

/** Bokeh 3.9 names a model by `__name__`, 3.10 by its class, which minifiers rename: said here for both. */
function register(bokeh: BokehModule, name: string, model: { __qualified__?: string }): void {
  model.__qualified__ = name;
  bokeh.Models.register(model);
}
