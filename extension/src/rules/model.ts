/** The rules of this account, as the server lists them and as its events say they changed. */

import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { asLakeError, isAbort } from '../api/error';
import type { LakeError } from '../api/error';
import { backoff, pause } from '../api/stream';
import type { Rule, RuleChange, RuleEdit, RuleOrder } from '../api/types';
import type { IDataLake, ILakeEvents } from '../tokens';

/** What the model asks of the server. */
export interface RulesApi {
  rules(did?: string, signal?: AbortSignal): Promise<{ rules: Rule[] }>;
  makeRule(order: RuleOrder): Promise<Rule>;
  changeRule(id: string, edit: RuleEdit): Promise<Rule>;
  deleteRule(id: string): Promise<null>;
}

type Sources = Pick<IDataLake, 'refreshed'> & {
  api: RulesApi;
  events: Pick<ILakeEvents, 'rule' | 'ruleGone' | 'connected'>;
};

/** Asks when somebody looks, when the stream stands anew, and after changes; never by the clock. */
export class RulesModel implements IDisposable {
  isDisposed = false;
  /** Whether the list was there once. */
  isKnown = false;
  /** Whether it is being asked for. */
  isAsking = false;
  /** Why there is no list. */
  problem: LakeError | null = null;
  /** What was refused, by the rule's id. */
  readonly refused = new Map<string, LakeError>();

  constructor(private sources: Sources) {
    sources.events.rule.connect(this.onRule, this);
    sources.events.ruleGone.connect(this.onGone, this);
    sources.events.connected.connect(this.again, this);
    sources.refreshed.connect(this.again, this);
  }

  /** Something that is shown changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What needs somebody comes first; else the order of the server, the youngest first. */
  get rules(): readonly Rule[] {
    return [...this.known.values()].sort((a, b) => urgency(a) - urgency(b));
  }

  dispose(): void {
    this.isDisposed = true;
    this.asked?.abort();
    Signal.clearData(this);
  }

  /** Ask for all of them. */
  async reload(): Promise<void> {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    this.told = new Set();
    this.isAsking = true;
    this._changed.emit();
    try {
      const { rules } = await this.sources.api.rules(undefined, asked.signal);
      this.replace(rules);
      this.problem = null;
    } catch (error) {
      if (isAbort(error)) {
        return; // a later question is under way
      }
      this.problem = asLakeError(error);
      this.later(this.problem, asked.signal);
    }
    this.isAsking = false;
    this._changed.emit();
  }

  /** Change a rule; the error is for the form that asked. A moved rule is followed by a new one. */
  async change(id: string, edit: RuleEdit): Promise<void> {
    const rule = await this.sources.api.changeRule(id, edit);
    if (rule.id !== id) {
      await this.reload(); // the old one says now that it was moved
    } else {
      this.put(rule);
    }
  }

  /** Keep a DID somewhere. */
  async make(order: RuleOrder): Promise<Rule> {
    const rule = await this.sources.api.makeRule(order);
    this.put(rule);
    return rule;
  }

  /** End a rule. */
  async end(id: string): Promise<void> {
    await this.sources.api.deleteRule(id);
    await this.reload(); // the lake takes its time: the rule says that it is being removed
  }

  /** Do what needs no form; a refusal stands at the rule. */
  async attempt(id: string, edit: RuleEdit): Promise<void> {
    this.refused.delete(id);
    try {
      await this.change(id, edit);
    } catch (error) {
      this.refused.set(id, asLakeError(error));
      this._changed.emit();
    }
  }

  private put(rule: Rule): void {
    this.told.add(rule.id);
    if (this.known.has(rule.id)) {
      this.known.set(rule.id, rule);
    } else {
      this.known = new Map([[rule.id, rule], ...this.known]);
    }
    this._changed.emit();
  }

  private onRule(_: unknown, change: RuleChange): void {
    this.put(change);
  }

  private onGone(_: unknown, id: string): void {
    this.told.add(id);
    this.known.delete(id);
    this.refused.delete(id);
    this._changed.emit();
  }

  /** Only if somebody looked already: else nobody wants the list. */
  private again(): void {
    if (this.isKnown || this.isAsking || this.problem) {
      void this.reload();
    }
  }

  /** Ask again by itself where that may help, each time after a longer pause. */
  private later(problem: LakeError, signal: AbortSignal): void {
    if (problem.passing) {
      const wait = problem.retryAfter === null ? backoff(this.tries++) : 1000 * problem.retryAfter;
      void pause(wait, signal).then(() => (signal.aborted ? undefined : this.reload()));
    }
  }

  private replace(rules: readonly Rule[]): void {
    const newer = new Map([...this.known].filter(([id]) => this.told.has(id)));
    const listed = rules
      .filter(({ id }) => newer.has(id) || !this.told.has(id))
      .map(rule => [rule.id, newer.get(rule.id) ?? rule] as const);
    this.known = new Map([...newer, ...listed]);
    this.isKnown = true;
    this.refused.clear();
    this.tries = 0;
  }

  private known = new Map<string, Rule>();
  private told = new Set<string>(); // ids that events or answers told of since the list was asked for
  private asked: AbortController | null = null;
  private tries = 0;
  private _changed = new Signal<this, void>(this);
}

const URGENT = ['STUCK', 'SUSPENDED', 'WAITING_APPROVAL', 'REPLICATING', 'INJECT'];

function urgency(rule: Rule): number {
  const at = URGENT.indexOf(rule.state);
  return at < 0 ? URGENT.length : at;
}
