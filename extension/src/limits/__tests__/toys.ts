/** Curves and models as small as a test needs them. */

import type { Line, Model } from '../model';

export function line(changes: Partial<Line> = {}): Line {
  return {
    id: 'toy',
    label: 'TOY 2020',
    experiment: 'TOY',
    technique: 'direct detection',
    kind: 'observed',
    geometry: 'line',
    year: 2020,
    cl: 0.9,
    own: false,
    x: [1, 10],
    y: [1e-44, 1e-45],
    style: 0,
    style_technique: 0,
    fill: 'above',
    visible: true,
    label_at: null,
    band: null,
    valid: null,
    superseded_by: '',
    scalings: [],
    assumptions: {},
    text: {},
    ...changes
  };
}

export function model(changes: Partial<Model> = {}): Model {
  const axis = (unit: string, range: [number, number]): Model['x'] => ({
    label: 'quantity',
    unit,
    range,
    units: [{ name: unit, factor: 1 }]
  });
  return {
    version: 2,
    title: 'Toys',
    theme: 'auto',
    x: axis('GeV', [1, 100]),
    y: axis('cm²', [1e-48, 1e-40]),
    curves: [line()],
    sliders: [],
    years: null,
    notes: [],
    colour_by: 'experiment',
    palette: ['#111111', '#222222'],
    palette_dark: ['#aaaaaa', '#bbbbbb'],
    dashes: [[], [6, 3]],
    ...changes
  };
}
