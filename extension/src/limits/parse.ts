/** Reads a model that may come from anyone: what cannot be drawn is refused with the place that is wrong. */

import type { Axis, Band, Line, Model, Scaling, Slider } from './model';

export class ModelError extends Error {}

type Fields = Record<string, unknown>;
type Check = (value: unknown, place: string) => void;

/** The model itself, once every field the drawing uses has the right type. */
export function parseModel(value: unknown): Model {
  const model = fields(value, 'model');
  if (model.version !== 2) {
    refuse('version', `is ${String(model.version)}, this vre-dm draws version 2`);
  }
  all(model, '', {
    title: text,
    theme: oneOf('auto', 'light', 'dark'),
    colour_by: oneOf('experiment', 'technique', 'none'),
    x: axis,
    y: axis,
    curves: list(line, 1),
    sliders: list(slider),
    years: optional(pair),
    notes: list(text),
    palette: list(colour, 1),
    palette_dark: list(colour, (model.palette as unknown[])?.length),
    dashes: list(list(positive), 1)
  });
  return value as Model;
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
    x: list(positive, 1),
    y: list(positive, 1),
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
  all(value, place, { name: text, x: list(positive), low: list(positive), high: list(positive) });
  sameLength(value as Band, ['x', 'low', 'high'], place);
}

function scaling(value: unknown, place: string): asserts value is Scaling {
  all(value, place, { parameter: text, reference: positive, power: number, form: oneOf('power', 'odds') });
}

function slider(value: unknown, place: string): asserts value is Slider {
  all(value, place, {
    parameter: text,
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

function list(check: Check, least = 0): Check {
  return (value, place) => {
    if (!Array.isArray(value) || value.length < least) {
      refuse(place, `must be a list of at least ${least}`);
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
};

const texts: Check = (value, place) => {
  Object.entries(fields(value, place)).forEach(([name, item]) => text(item, `${place}.${name}`));
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
  throw new ModelError(`this overlay cannot be drawn: ${place} ${why}; save it again with this vre-dm`);
}
