/** What was typed into the metadata form as the values of their types, and what is wrong with it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { SchemaField } from './schema';

/** A row of a table field. */
export type Cells = Record<string, string>;

/** What was typed. */
export interface MetadataDraft {
  texts: Record<string, string>;
  tables: Record<string, readonly Cells[]>;
  /** Keys that the schema does not name. */
  further: readonly { key: string; value: string }[];
}

export const emptyDraft: MetadataDraft = { texts: {}, tables: {}, further: [] };

/** Values by their keys; faults by key, `table.row.column`, or `further.row`. */
export interface Metadata {
  values: Record<string, unknown>;
  faults: Record<string, string>;
}

/** Read a draft. What is empty is left out. */
export function metadataOf(
  draft: MetadataDraft,
  fields: readonly SchemaField[],
  keyPattern: string | null,
  trans: TranslationBundle
): Metadata {
  const found: Metadata = { values: {}, faults: {} };
  for (const field of fields) {
    if (field.kind === 'table') {
      readTable(field, draft.tables[field.key] ?? [], found, trans);
    } else {
      readField(field, field.key, draft.texts[field.key] ?? '', found, trans);
    }
  }
  readFurther(draft, fields, keyPattern, found, trans);
  return found;
}

function readField(field: SchemaField, at: string, text: string, found: Metadata, trans: TranslationBundle): void {
  const fault = faultOf(field, text, trans);
  if (fault) {
    found.faults[at] = fault;
  } else if (text.trim() !== '') {
    found.values[field.key] = valueOf(field, text);
  }
}

function valueOf({ kind }: SchemaField, text: string): unknown {
  switch (kind) {
    case 'integer':
    case 'number':
      return Number(text);
    case 'boolean':
      return text === 'true';
    default:
      return text.trim();
  }
}

function faultOf(field: SchemaField, text: string, trans: TranslationBundle): string | null {
  const typed = text.trim();
  if (typed === '') {
    return field.required ? neededText(field, trans) : null;
  }
  if (field.kind === 'integer' || field.kind === 'number') {
    return numberFault(field, typed, trans);
  }
  if (field.maxLength !== null && typed.length > field.maxLength) {
    return trans.__('At most %1 characters', field.maxLength);
  }
  if (field.kind === 'date' && !isDate(typed)) {
    return trans.__('A date such as 2030-01-31');
  }
  if (field.kind === 'choice' && !field.options.includes(typed)) {
    return trans.__('One of %1', field.options.join(', '));
  }
  return field.pattern && !fits(typed, field.pattern) ? trans.__('This does not have the form that is needed') : null;
}

function neededText({ kind, pattern }: SchemaField, trans: TranslationBundle): string {
  const takesUnknown = ['text', 'long'].includes(kind) && (pattern === null || fits('unknown', pattern));
  return takesUnknown ? trans.__('Needed; "unknown" is an answer too') : trans.__('Needed');
}

function numberFault({ kind, minimum, maximum }: SchemaField, typed: string, trans: TranslationBundle): string | null {
  const value = Number(typed);
  if (!Number.isFinite(value) || (kind === 'integer' && !Number.isSafeInteger(value))) {
    return kind === 'integer' ? trans.__('A whole number') : trans.__('A number');
  }
  if (minimum !== null && value < minimum) {
    return trans.__('At least %1', minimum);
  }
  return maximum !== null && value > maximum ? trans.__('At most %1', maximum) : null;
}

function readTable(field: SchemaField, rows: readonly Cells[], found: Metadata, trans: TranslationBundle): void {
  const read = rows.map((cells, row) => {
    const inner: Metadata = { values: {}, faults: {} };
    for (const column of field.columns) {
      readField(column, `${field.key}.${row}.${column.key}`, cells[column.key] ?? '', inner, trans);
    }
    Object.assign(found.faults, inner.faults);
    return inner.values;
  });
  if (read.length > 0) {
    found.values[field.key] = read;
  } else if (field.required) {
    found.faults[field.key] = trans.__('At least one row is needed');
  }
}

function readFurther(
  { further }: MetadataDraft,
  fields: readonly SchemaField[],
  keyPattern: string | null,
  found: Metadata,
  trans: TranslationBundle
): void {
  further.forEach(({ key, value }, row) => {
    const name = key.trim();
    if (name === '' && value.trim() === '') {
      return;
    }
    if (keyPattern && !fits(name, keyPattern)) {
      found.faults[`further.${row}`] = trans.__('A key begins with a small letter, then letters, digits and _');
    } else if (Object.hasOwn(found.values, name) || fields.some(field => field.key === name)) {
      found.faults[`further.${row}`] = trans.__('This key is there already');
    } else if (value.trim() === '') {
      found.faults[`further.${row}`] = trans.__('A value is needed');
    } else {
      found.values[name] = furtherValue(value.trim());
    }
  });
}

/** Numbers and truth as such, as on the command line; the rest is text. */
export function furtherValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return ['number', 'boolean'].includes(typeof value) ? value : text;
  } catch {
    return text;
  }
}

function isDate(text: string): boolean {
  const moment = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(text);
}

/** Patterns of the schema are those of JavaScript, by its own standard. */
function fits(text: string, pattern: string): boolean {
  return new RegExp(pattern, 'u').test(text);
}
