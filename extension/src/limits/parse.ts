/** Reads a model that may come from anyone: what cannot be drawn is refused with the place that is wrong. */

import type { Axis, Band, Line, Model, Scaling, Slider } from './model';

export class ModelError extends Error {}

/**
 * What is drawn within a second or two; Python writes no more. A model without bounds would hang the page: as many
 * columns as it names, as many ticks, boxes and sliders as it asks for.
 */
const MOST = {
  curves: 2000,
  points: 300_000,
  vertices: 50_000,
  names: 100,
  entries: 1000,
  choices: 50,
  letters: 100_000
};

type Fields = Record<string, unknown>;
type Check = (value: unknown, place: string) => void;

/** The model itself, once every field the drawing uses has the right type. */
export function parseModel(value: unknown): Model {
  const model = fields(value, 'model');
  if (model.version !== 2) {
    const said = typeof model.version === 'number' ? `is ${model.version}` : 'is not stated';
    refuse('version', `${said}, this vre-dm draws version 2`);
  }
  all(model, '', {
    title: text,
    theme: oneOf('auto', 'light', 'dark'),
    colour_by: oneOf('experiment', 'technique', 'none'),
    x: axis,
    y: axis,
    curves: list(line, 1, MOST.curves),
    sliders: list(slider),
    years: optional(pair),
    notes: list(text),
    palette: list(colour, 1),
    palette_dark: list(colour, (model.palette as unknown[])?.length),
    dashes: list(list(positive), 1)
  });
  bounded(value as Model);
  return value as Model;
}

/** What each curve may have is too much when all have it. */
function bounded({ curves }: Model): void {
  const points = curves.reduce((sum, { x, band }) => sum + x.length + (band?.x.length ?? 0), 0);
  if (points > MOST.points) {
    refuse('curves', `have ${points} points, the most is ${MOST.points}`);
  }
  if (new Set(curves.flatMap(({ text }) => Object.keys(text))).size > MOST.names) {
    refuse('curves', `name more than ${MOST.names} facts`);
  }
  const pieces = curves.reduce(
    (sum, { x, valid }) => sum + (valid ? crossings(x, valid.low) + crossings(x, valid.high) : 0),
    0
  );
  if (pieces > MOST.curves) {
    refuse('curves', 'enter and leave their validity too often');
  }
}

/** How often a line passes a mass. */
function crossings(x: readonly number[], border: number): number {
  return x.filter((here, i) => i > 0 && here < border !== x[i - 1] < border).length;
}

function axis(value: unknown, place: string): asserts value is Axis {
  all(value, place, { label: text, unit: text, range: pair, units: list(unit, 1) });
  if ((value as Axis).range[0] >= (value as Axis).range[1]) {
    refuse(place, 'range must rise');
  }
}

function unit(value: unknown, place: string): void {
  all(value, place, { name: text, factor: positive });
}

function line(value: unknown, place: string): asserts value is Line {
  all(value, place, {
    id: text,
    label: text,
    experiment: text,
    technique: text,
    kind: text,
    geometry: text,
    year: optional(positive),
    cl: optional(positive),
    own: flag,
    visible: flag,
    x: list(positive, 1, MOST.vertices),
    y: list(positive, 1, MOST.vertices),
    style: whole,
    style_technique: whole,
    fill: oneOf('above', 'below', 'inside', 'none'),
    label_at: optional(pair),
    band: optional(band),
    valid: optional((item, at) => all(item, at, { low: positive, high: positive, reason: text })),
    superseded_by: text,
    scalings: list(scaling),
    assumptions: texts,
    text: texts
  });
  sameLength(value as Line, ['x', 'y'], place);
}

function band(value: unknown, place: string): asserts value is Band {
  all(value, place, {
    name: text,
    x: list(positive, 0, MOST.vertices),
    low: list(positive, 0, MOST.vertices),
    high: list(positive, 0, MOST.vertices)
  });
  sameLength(value as Band, ['x', 'low', 'high'], place);
}

function scaling(value: unknown, place: string): asserts value is Scaling {
  all(value, place, { parameter: word, reference: positive, power: number, form: oneOf('power', 'odds') });
}

function slider(value: unknown, place: string): asserts value is Slider {
  all(value, place, {
    parameter: word,
    symbol: text,
    unit: text,
    value: positive,
    low: positive,
    high: positive
  });
}

function sameLength<T>(value: T, names: (keyof T & string)[], place: string): void {
  const lengths = new Set(names.map(name => (value[name] as unknown[]).length));
  if (lengths.size > 1) {
    refuse(place, `${names.join(', ')} differ in length`);
  }
}

function all(value: unknown, place: string, checks: Record<string, Check>): void {
  const found = fields(value, place);
  for (const [name, check] of Object.entries(checks)) {
    check(found[name], place ? `${place}.${name}` : name);
  }
}

function fields(value: unknown, place: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(place, 'must be an object');
  }
  return value as Fields;
}

function list(check: Check, least = 0, most = MOST.choices): Check {
  return (value, place) => {
    if (!Array.isArray(value) || value.length < least) {
      refuse(place, `must be a list of at least ${least}`);
    }
    if ((value as unknown[]).length > most) {
      refuse(place, `has ${(value as unknown[]).length} items, the most is ${most}`);
    }
    (value as unknown[]).forEach((item, index) => check(item, `${place}[${index}]`));
  };
}

function optional(check: Check): Check {
  return (value, place) => (value === null ? undefined : check(value, place));
}

function oneOf(...allowed: string[]): Check {
  return (value, place) => {
    if (!allowed.includes(value as string)) {
      refuse(place, `must be one of ${allowed.join(', ')}`);
    }
  };
}

const pair: Check = (value, place) => {
  list(positive, 2)(value, place);
  if ((value as unknown[]).length !== 2) {
    refuse(place, 'must be two numbers');
  }
};

const text: Check = (value, place) => {
  if (typeof value !== 'string') {
    refuse(place, 'must be text');
  }
  if ((value as string).length > MOST.letters) {
    refuse(place, `is longer than ${MOST.letters} letters`);
  }
};

/** A name under which values are kept: not one that every object has already. */
const word: Check = (value, place) => {
  text(value, place);
  if ((value as string) in {}) {
    refuse(place, 'must be a parameter');
  }
};

const texts: Check = (value, place) => {
  const entries = Object.entries(fields(value, place));
  if (entries.length > MOST.entries) {
    refuse(place, `has ${entries.length} entries, the most is ${MOST.entries}`);
  }
  entries.forEach(([name, item]) => text(item, `${place}.${name}`));
};

const flag: Check = (value, place) => {
  if (typeof value !== 'boolean') {
    refuse(place, 'must be true or false');
  }
};

const number: Check = (value, place) => {
  if (!Number.isFinite(value)) {
    refuse(place, 'must be a number');
  }
};

const whole: Check = (value, place) => {
  if (!Number.isInteger(value)) {
    refuse(place, 'must be a whole number');
  }
};

const positive: Check = (value, place) => {
  if (!Number.isFinite(value) || (value as number) <= 0) {
    refuse(place, 'must be a positive number');
  }
};

/** Colours reach style sheets, so nothing but six hexadecimal digits passes. */
const colour: Check = (value, place) => {
  if (typeof value !== 'string' || !/^#[0-9a-f]{6}$/i.test(value)) {
    refuse(place, 'must be a colour like #0072b2');
  }
};

function refuse(place: string, why: string): never {
  throw new ModelError(`this overlay cannot be drawn: ${place.slice(0, 80)} ${why}; save it again with this vre-dm`);
}
