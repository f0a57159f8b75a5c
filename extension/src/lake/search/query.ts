/** What is looked for, as chips and as text: `xenon:*events* year>=2017 technique="direct detection"`. */

import type { SearchQuery } from '../../api/client';
import type { MetadataKey, ValueKind } from '../../api/types';

export type Operator = '=' | '!=' | '>=' | '<=' | '>' | '<';

/** One condition on the metadata. */
export interface Filter {
  key: string;
  operator: Operator;
  value: string;
}

/** A question to the catalogue. */
export interface Query {
  /** Words, `name*` or `scope:name*`. */
  pattern: string;
  /** `collection`, `container`, `dataset`, `file` or `all`. */
  kind: string;
  filters: readonly Filter[];
}

const CONDITION =
  /(?:^|\s)(?:and\s+)?([A-Za-z_]\w*)\s*(>=|<=|!=|==|=|>|<)\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>=!,]+))(?=[\s,]|$),?/g;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const DATE = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** Read what was typed: conditions become filters, the rest is the pattern. */
export function readText(text: string): { pattern: string; filters: Filter[] } {
  const filters = [...text.matchAll(CONDITION)].map(([, key, operator, double, single, bare]) => ({
    key,
    operator: operator.replace('==', '=') as Operator,
    value: double ?? single ?? bare
  }));
  return { pattern: text.replace(CONDITION, ' ').trim(), filters };
}

/** The same as text, as it can be typed again. */
export function textOf({ pattern, filters }: Pick<Query, 'pattern' | 'filters'>, keys: readonly MetadataKey[]): string {
  return [pattern, ...filters.map(filter => conditionOf(filter, kindOf(filter, keys)))].filter(Boolean).join(' ');
}

/** Filters with those that were typed: what is said anew of a key takes the place of the old, nothing stands twice. */
export function joined(old: readonly Filter[], typed: readonly Filter[]): Filter[] {
  const same = (a: Filter, b: Filter) => a.key === b.key && a.operator === b.operator;
  const all = [...old.filter(filter => !typed.some(anew => same(filter, anew))), ...typed];
  const first = ({ value, ...filter }: Filter) =>
    all.findIndex(other => same(other, { value, ...filter }) && other.value === value);
  return all.filter((filter, index) => first(filter) === index);
}

/** Whether words are looked for, in names, scopes and titles; else a pattern of names. */
export function isWords(pattern: string): boolean {
  return pattern.trim() !== '' && !/[:*]/.test(pattern);
}

/** A query as the server is asked, one question after the other; what one finds again counts once. */
export function questionsOf({ pattern, kind, filters }: Query, keys: readonly MetadataKey[]): SearchQuery[] {
  const where = filters.map(filter => conditionOf(filter, kindOf(filter, keys)));
  if (!isWords(pattern)) {
    return [{ pattern: askedPattern(pattern), kind, where }];
  }
  const words = pattern.trim().split(/\s+/);
  const alone = words.length === 1;
  // The lake tells capital letters from small ones: usual ways to write are asked for one by one.
  const small = orders(words.map(word => word.toLowerCase()));
  const usual = [...orders(words), ...small];
  const acronym = alone ? [words.map(word => word.toUpperCase())] : [];
  const patterns = [...spelt(usual), ...(alone ? [`*${small[0][0]}*:*`] : [])];
  const titles = spelt([...usual, ...small.map(capital), ...acronym]).map(
    value => ({ key: 'title', operator: '=', value }) as const
  );
  return [
    ...patterns.map(pattern => ({ pattern, kind, where })),
    ...titles.map(title => ({ pattern: '*', kind, where: [...where, conditionOf(title, 'text')] }))
  ];
}

/** As at the begin of a title. */
function capital([first, ...rest]: readonly string[]): string[] {
  return [first[0].toUpperCase() + first.slice(1), ...rest];
}

/** Patterns in which words follow each other, each pattern once. */
function spelt(ways: readonly (readonly string[])[]): string[] {
  return [...new Set(ways.map(words => `*${words.join('*')}*`))];
}

const MOST_ORDERED = 3; // words whose every order is asked for: of three there are six

/** The words in every order, as they were typed first; of many words only that one. */
function orders(words: readonly string[]): (readonly string[])[] {
  if (words.length < 2 || words.length > MOST_ORDERED) {
    return [words];
  }
  return words.flatMap((first, at) => orders(words.filter((_, other) => other !== at)).map(rest => [first, ...rest]));
}

function askedPattern(pattern: string): string {
  const trimmed = pattern.trim();
  const colon = trimmed.lastIndexOf(':');
  const name = trimmed.slice(colon + 1);
  return name.includes('*') ? trimmed : `${trimmed.slice(0, colon + 1)}*${name}${name ? '*' : ''}`;
}

/** Which kind of value a filter compares with: what the key holds, and, if several, what the value reads like. */
export function kindOf({ key, value }: Pick<Filter, 'key' | 'value'>, keys: readonly MetadataKey[]): ValueKind {
  const kinds = keys.find(known => known.key === key)?.kinds ?? [];
  const read = readsLike(value);
  return kinds.length === 0 || kinds.includes(read) ? read : kinds[0];
}

function readsLike(value: string): ValueKind {
  if (/^(true|false)$/i.test(value)) {
    return 'boolean';
  }
  return NUMBER.test(value) ? 'number' : DATE.test(value) ? 'date' : 'text';
}

/** Texts and booleans are equal or not; the others have an order. */
export function operatorsOf(kind: ValueKind): readonly Operator[] {
  return kind === 'text' || kind === 'boolean' ? ['=', '!='] : ['=', '!=', '>=', '<=', '>', '<'];
}

/** A filter as the server reads it: a text is quoted, so that it stays a text. */
export function conditionOf({ key, operator, value }: Filter, kind: ValueKind): string {
  if (kind !== 'text') {
    return `${key}${operator}${value.trim()}`;
  }
  const quote = value.includes('"') ? "'" : '"';
  return `${key}${operator}${quote}${value}${quote}`;
}

/** What is wrong with a filter before anybody is asked; null if nothing is. */
export type FilterProblem = 'key' | 'number' | 'date' | 'empty' | 'quotes';

/** The first thing wrong with a filter. */
export function problemOf({ key, value }: Filter, kind: ValueKind): FilterProblem | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(key)) {
    return 'key';
  }
  if (value.trim() === '') {
    return 'empty';
  }
  if (kind === 'number' && !NUMBER.test(value.trim())) {
    return 'number';
  }
  if (kind === 'date' && !DATE.test(value.trim())) {
    return 'date';
  }
  return kind === 'text' && value.includes('"') && value.includes("'") ? 'quotes' : null;
}
