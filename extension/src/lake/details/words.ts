/** Values of metadata as text, with their type and unit. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { MetadataItem, Replicas, ReplicaRow } from '../../api/types';
import { momentText } from '../../quantities';

/** The columns of a table of columns, in their order. */
const COLUMNS = ['name', 'unit', 'description'];

/** A value as it is read; whatever it holds, it is text. */
export function valueText({ value, kind }: Pick<MetadataItem, 'value' | 'kind'>, trans: TranslationBundle): string {
  if (kind === 'date' && typeof value === 'string') {
    return value.length > '2020-01-31'.length ? momentText(value, trans) || value : value;
  }
  if (typeof value === 'boolean') {
    return value ? trans.__('true') : trans.__('false');
  }
  const inner = (part: unknown) => valueText({ value: part, kind: '' }, trans);
  if (Array.isArray(value)) {
    // What holds more than texts gets a line each.
    return value.map(inner).join(value.some(part => typeof part === 'object') ? '\n' : ', ');
  }
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  return Object.entries(value)
    .map(([key, part]) => trans.__('%1: %2', key, inner(part)))
    .join(', ');
}

/** A row of a table inside the metadata. */
export type InnerRow = Readonly<Record<string, unknown>>;

/** The rows of a value that is a table: a list of objects. */
export function tableOf(value: unknown): readonly InnerRow[] | null {
  const isRow = (part: unknown) => typeof part === 'object' && part !== null && !Array.isArray(part);
  return Array.isArray(value) && value.length > 0 && value.every(isRow) ? (value as InnerRow[]) : null;
}

/** What is known of some row: of the columns of a file name and unit first, as they are asked for. */
export function columnsOf(rows: readonly InnerRow[]): string[] {
  const found = new Set(rows.flatMap(row => Object.keys(row)));
  return [...COLUMNS.filter(column => found.delete(column)), ...found];
}

/** The type of a value; empty where it is text, as most are. */
export function typeText(kind: string, trans: TranslationBundle): string {
  const words: Record<string, string> = {
    number: trans.__('number'),
    date: trans.__('date'),
    boolean: trans.__('yes or no'),
    list: trans.__('list')
  };
  return Object.hasOwn(words, kind) ? words[kind] : '';
}

/** Whether a storage element has all files. */
export function copyText({ rse, files }: ReplicaRow, { total, complete }: Replicas, trans: TranslationBundle): string {
  return complete.includes(rse) && files >= total
    ? trans.__('complete')
    : trans.__('partial: %1 of %2 files', files, total);
}

/** Copies that exist but cannot be read, by what the lake calls their state. */
export function unreadableText({ unreadable }: ReplicaRow, trans: TranslationBundle): string {
  return Object.entries(unreadable)
    .map(([state, count]) => trans.__('%1 %2', count, state.toLowerCase()))
    .join(', ');
}
