/** From what was typed into the form to an order for a cluster; what is wrong with it, by field. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { ClusterOffers, ClusterOption, ClusterOrder } from '../api/types';
import { workersOf } from './workers';

/** What was typed, by field; options of the gateway by their own names. */
export type Draft = Record<string, string>;

const OWN = ['kind', 'workers', 'memory', 'idle', 'name'];
const KINDS = ['string', 'int', 'float', 'bool', 'select'];

/** Options that a form can ask for: plain values, and none that is called as a field of every cluster. */
export function optionsOf({ options }: ClusterOffers): ClusterOption[] {
  return options.filter(({ field, spec }) => KINDS.includes(spec.type) && !OWN.includes(field));
}

/** What the form shows first. */
export function draftOf(offers: ClusterOffers): Draft {
  const kind = offers.gateway === null ? 'local' : 'gateway';
  const draft: Draft = { kind, workers: '', memory: '', idle: '15' };
  optionsOf(offers).forEach(option => (draft[option.field] = defaultOf(option)));
  return draft;
}

/** What is wrong; server and gateway judge the rest. */
export function faultsOf(draft: Draft, offers: ClusterOffers, trans: TranslationBundle): Partial<Draft> {
  const faults: Partial<Draft> = {};
  const { fault } = workersOf(draft.workers, trans);
  if (fault) {
    faults.workers = fault;
  }
  if (draft.kind === 'local') {
    if (draft.memory.trim() && !/^\d+([.,]\d+)?\s*[kMGT]i?B?$/i.test(draft.memory.trim())) {
      faults.memory = trans.__('A size such as 2 GB');
    }
    if (minutesOf(draft.idle) === undefined) {
      faults.idle = trans.__('A number of minutes, 0 for never');
    }
    return faults;
  }
  for (const option of optionsOf(offers)) {
    const text = draft[option.field];
    // One that is left as it is need not be of its kind: it may name a variable of the server, as {CORES}.
    const wrong = text === defaultOf(option) ? null : faultOf(option, text, trans);
    if (wrong) {
      faults[option.field] = wrong;
    }
  }
  return faults;
}

/** The order; of the options, those that are not as the gateway has them anyway. */
export function orderOf(draft: Draft, offers: ClusterOffers, trans: TranslationBundle): ClusterOrder {
  const { workers } = workersOf(draft.workers, trans);
  if (draft.kind === 'local') {
    const minutes = minutesOf(draft.idle) ?? null;
    const memory = draft.memory.trim().replace(',', '.') || null;
    return { kind: 'local', workers, memory, idle: minutes === null ? null : minutes * 60, options: {} };
  }
  const changed = optionsOf(offers).filter(option => draft[option.field] !== defaultOf(option));
  const options = Object.fromEntries(changed.map(option => [option.field, valueOf(option, draft[option.field])]));
  return { kind: 'gateway', workers, memory: null, idle: null, options };
}

/** What can be chosen; what the gateway has anyway stands first where it is none of them, as a variable's name. */
export function choicesOf(option: ClusterOption): string[] {
  const choices = (option.spec.options ?? []).map(String);
  const usual = defaultOf(option);
  return choices.includes(usual) ? choices : [usual, ...choices];
}

function defaultOf(option: ClusterOption): string {
  return option.default === null || option.default === undefined ? '' : String(option.default);
}

function valueOf({ spec }: ClusterOption, text: string): string | number | boolean {
  switch (spec.type) {
    case 'bool':
      return text === 'true';
    case 'int':
    case 'float':
      return Number(text.trim().replace(',', '.'));
    default:
      return text;
  }
}

function faultOf({ spec }: ClusterOption, text: string, trans: TranslationBundle): string | null {
  if (spec.type !== 'int' && spec.type !== 'float') {
    return null;
  }
  const number = text.trim() === '' ? NaN : Number(text.trim().replace(',', '.'));
  if (Number.isNaN(number) || (spec.type === 'int' && !Number.isInteger(number))) {
    return spec.type === 'int' ? trans.__('A whole number') : trans.__('A number');
  }
  if (typeof spec.min === 'number' && number < spec.min) {
    return trans.__('At least %1', spec.min);
  }
  return typeof spec.max === 'number' && number > spec.max ? trans.__('At most %1', spec.max) : null;
}

/** Null for nothing typed, undefined for no number. */
function minutesOf(text: string): number | null | undefined {
  const typed = text.trim().replace(',', '.');
  const minutes = Number(typed);
  return typed === '' ? null : minutes >= 0 && minutes <= 10_000 ? minutes : undefined;
}
