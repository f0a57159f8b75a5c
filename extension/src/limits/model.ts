/** The overlay's data, version 2, as Python writes it; every string is text, every number finite and positive. */

export interface Unit {
  name: string;
  factor: number;
}

export interface Axis {
  label: string;
  unit: string;
  range: [number, number];
  units: Unit[];
}

export interface Band {
  name: string;
  x: number[];
  low: number[];
  high: number[];
}

export interface Validity {
  low: number;
  high: number;
  reason: string;
}

export interface Scaling {
  parameter: string;
  reference: number;
  power: number;
  form: 'power' | 'odds';
}

export interface Line {
  id: string;
  label: string;
  experiment: string;
  technique: string;
  kind: string;
  geometry: string;
  year: number | null;
  cl: number | null;
  own: boolean;
  x: number[];
  y: number[];
  style: number;
  style_technique: number;
  fill: 'above' | 'below' | 'inside' | 'none';
  visible: boolean;
  label_at: [number, number] | null;
  band: Band | null;
  valid: Validity | null;
  superseded_by: string;
  scalings: Scaling[];
  assumptions: Record<string, string>;
  text: Record<string, string>;
}

export interface Slider {
  parameter: string;
  symbol: string;
  unit: string;
  value: number;
  low: number;
  high: number;
}

export type ColourBy = 'experiment' | 'technique' | 'none';

export interface Model {
  version: 2;
  title: string;
  theme: 'auto' | 'light' | 'dark';
  x: Axis;
  y: Axis;
  curves: Line[];
  sliders: Slider[];
  years: [number, number] | null;
  notes: string[];
  colour_by: ColourBy;
  palette: string[];
  palette_dark: string[];
  dashes: number[][];
}
