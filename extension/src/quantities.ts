/** Bytes, rates, spans and moments in words, as the Python side writes them. */

import type { TranslationBundle } from '@jupyterlab/translation';

const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
const SPANS: [number, (trans: TranslationBundle, count: number) => string][] = [
  [86_400, (trans, count) => trans.__('%1 d', count)],
  [3600, (trans, count) => trans.__('%1 h', count)],
  [60, (trans, count) => trans.__('%1 min', count)],
  [1, (trans, count) => trans.__('%1 s', count)]
];

/** Bytes in decimal units with three figures; empty when unknown. */
export function sizeText(bytes: number | null): string {
  if (bytes === null || !Number.isFinite(bytes)) {
    return '';
  }
  if (Math.abs(bytes) < 1000) {
    return `${Math.round(bytes)} B`;
  }
  let value = bytes;
  for (const unit of UNITS) {
    value /= 1000;
    if (Math.abs(value) < 999.5 || unit === 'EB') {
      return `${Number(value.toPrecision(3))} ${unit}`;
    }
  }
  return '';
}

/** Bytes a second; empty when unknown or at rest. */
export function rateText(rate: number | null): string {
  return rate === null || rate <= 0 ? '' : `${sizeText(rate)}/s`;
}

/** A span as well as an estimate is known, in one unit; empty when unknown. */
export function spanText(seconds: number | null, trans: TranslationBundle): string {
  if (seconds === null || !Number.isFinite(seconds)) {
    return '';
  }
  const span = Math.max(1, seconds);
  const [length, say] = SPANS.find(([length]) => span >= 1.5 * length) ?? SPANS[SPANS.length - 1];
  return say(trans, Math.round(span / length));
}

/** A moment to the minute, in UTC as everywhere in vre-dm; empty when unknown. */
export function momentText(iso: string | null, trans: TranslationBundle): string {
  const moment = iso === null ? NaN : Date.parse(iso);
  return Number.isNaN(moment) ? '' : trans.__('%1 UTC', new Date(moment).toISOString().slice(0, 16).replace('T', ' '));
}
