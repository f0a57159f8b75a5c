/** The rules of this account, as the server lists them and as its events say they changed. */

import { LiveList } from '../api/live-list';
import type { Rule, RuleChange, RuleEdit, RuleOrder } from '../api/types';
import type { IDataLake, ILakeEvents } from '../tokens';

/** What the model asks of the server. */
export interface RulesApi {
  rules(did?: string, signal?: AbortSignal): Promise<{ rules: Rule[] }>;
  rule(id: string): Promise<Rule>;
  makeRule(order: RuleOrder): Promise<Rule>;
  changeRule(id: string, edit: RuleEdit): Promise<Rule>;
  deleteRule(id: string): Promise<null>;
}

type Sources = Pick<IDataLake, 'refreshed'> & {
  api: RulesApi;
  events: Pick<ILakeEvents, 'rule' | 'ruleGone' | 'connected'>;
};

/** Asks when somebody looks, when the stream stands anew, and after changes; never by the clock. */
export class RulesModel extends LiveList<Rule> {
  constructor(private sources: Sources) {
    super();
    sources.events.rule.connect((_, change: RuleChange) => this.put(change));
    sources.events.ruleGone.connect((_, id) => this.drop(id));
    sources.events.connected.connect(this.again, this);
    sources.refreshed.connect(this.again, this);
  }

  /** What needs somebody comes first; else the order of the server, the youngest first. */
  get rules(): readonly Rule[] {
    return [...this.items].sort((a, b) => urgency(a) - urgency(b));
  }

  /** Change a rule; the error is for the form that asked. A moved rule is followed by a new one. */
  async change(id: string, edit: RuleEdit): Promise<void> {
    const rule = await this.sources.api.changeRule(id, edit);
    this.put(rule);
    if (rule.id !== id) {
      await this.lookAt(id); // it says now that it was moved
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
    await this.lookAt(id); // the lake takes its time: the rule says that it ends
  }

  protected async list(signal: AbortSignal): Promise<readonly Rule[]> {
    return (await this.sources.api.rules(undefined, signal)).rules;
  }

  protected nameOf(rule: Rule): string {
    return rule.id;
  }

  private async lookAt(id: string): Promise<void> {
    try {
      this.put(await this.sources.api.rule(id));
    } catch {
      void this.reload(); // gone already, or the lake is away: the list will tell
    }
  }

  /** Only if somebody looked already: else nobody wants the list. */
  private again(): void {
    if (this.isKnown || this.isAsking || this.problem) {
      void this.reload();
    }
  }
}

const URGENT = ['STUCK', 'SUSPENDED', 'WAITING_APPROVAL', 'REPLICATING', 'INJECT'];

function urgency(rule: Rule): number {
  const at = URGENT.indexOf(rule.state);
  return at < 0 ? URGENT.length : at;
}
