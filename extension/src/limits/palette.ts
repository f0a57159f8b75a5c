/** Colour and dashes of each curve in a theme and a colouring. */

import type { ColourBy, Line, Model } from './model';

/** With more curves than this lines are thin: easier to tell apart, and twice as quick to draw. */
const CROWD = 60;

export interface Palette {
  colour(curve: number): string;
  /** as Bokeh reads it: lengths in pixels, or "solid" */
  dash(curve: number): string;
  width(curve: number): number;
}

/** What neutrinos hide is no exclusion: grey in every colouring. */
export function isFog(line: Line): boolean {
  return line.kind === 'theory' && line.fill === 'below';
}

/** With colouring "none" all published curves recede to grey and only their dashes differ. */
export function palette(model: Model, by: ColourBy, dark: boolean): Palette {
  const colours = dark ? model.palette_dark : model.palette;
  const style = (curve: number): number => {
    const line = model.curves[curve];
    return by === 'technique' && line.style >= 0 ? line.style_technique : line.style;
  };
  return {
    colour(curve) {
      const position = style(curve);
      if (position < 0) {
        return dark ? '#ffffff' : '#000000';
      }
      const grey = by === 'none' || isFog(model.curves[curve]);
      return grey ? (dark ? '#9a9a9a' : '#767676') : colours[position % colours.length];
    },
    dash(curve) {
      const position = Math.max(style(curve), 0);
      const lengths = model.dashes[Math.floor(position / colours.length) % model.dashes.length];
      return lengths.length ? lengths.join(' ') : 'solid';
    },
    width: curve => (model.curves[curve].style < 0 ? 3.2 : model.curves.length > CROWD ? 1 : 1.7)
  };
}

/** A piece of line as a CSS background; `dash` as Bokeh reads it. */
export function dashed(colour: string, dash: string): string {
  if (dash === 'solid') {
    return colour;
  }
  let end = 0;
  const stops = dash.split(' ').map((length, i) => {
    const start = end;
    end += Number(length);
    return `${i % 2 ? 'transparent' : colour} ${start}px ${end}px`;
  });
  return `repeating-linear-gradient(90deg, ${stops.join(', ')})`;
}
