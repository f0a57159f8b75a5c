/** Values of metadata as text, with their type and unit. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { MetadataItem, Replicas, ReplicaRow } from '../../api/types';
import { momentText } from '../../quantities';

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
    // Tables inside the metadata, such as descriptions of columns, get a line each.
    return value.map(inner).join(value.some(part => typeof part === 'object') ? '\n' : ', ');
  }
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  return Object.entries(value)
    .map(([key, part]) => trans.__('%1: %2', key, inner(part)))
    .join(', ');
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
