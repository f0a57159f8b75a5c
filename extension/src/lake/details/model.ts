/** What is known of the DID that is looked at; each part is asked for when its tab is shown. */

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { Dataset, Replicas, Rule } from '../../api/types';
import type { IDataLake } from '../../tokens';
import { isWaiting } from '../../rows/list';
import { Anew } from '../anew';
import { Asked } from './asked';
import { FilePages, PAGE } from './files';

export type Tab = 'about' | 'files' | 'replicas' | 'rules';

/** One DID, and what was asked about it. */
export class Details {
  tab: Tab = 'about';
  did: string | null = null;
  about: Asked<Dataset> | null = null;
  replicas: Asked<Replicas> | null = null;
  rules: Asked<{ rules: Rule[] }> | null = null;
  files: FilePages | null = null;
  /** Only files whose name fits. */
  pattern = '';

  constructor(private readonly lake: IDataLake) {
    this.anew = new Anew(lake.refreshed);
    lake.refreshed.connect(() => this.show(this.did));
    lake.didGone.connect((_, did) => (did === this.did && this.about?.value ? this.show(did) : undefined));
    lake.events.rule.connect((_, { did }) => (did === this.did ? this.askRules() : undefined));
    lake.events.ruleGone.connect((_, gone) =>
      this.rules?.value?.rules.some(({ id }) => id === gone) ? this.askRules() : undefined
    );
    lake.events.connected.connect(() => this.askRules()); // for what was missed
  }

  get changed(): ISignal<Details, void> {
    return this.told;
  }

  /** Look at a DID, from the beginning. */
  show(did: string | null): void {
    for (const part of [this.about, this.replicas, this.rules, this.files, this.coming]) {
      part?.stop();
    }
    this.did = did;
    this.pattern = '';
    this.about = did === null ? null : new Asked(signal => this.lake.api.dataset(did, signal), this.tell);
    this.replicas = did === null ? null : new Asked(signal => this.replicasOf(did, signal), this.tell);
    this.rules = did === null ? null : new Asked(signal => this.lake.api.rules(did, signal), this.tell);
    this.files = did === null ? null : this.filesOf(did, '');
    this.tell();
  }

  /** Look at another part, of what may have been deleted meanwhile. */
  turn(tab: Tab): void {
    this.tab = tab;
    void this.about?.ask();
    this.tell();
  }

  /** Only the files whose names fit; a part of a name is enough. Those that are shown stay until there is an answer. */
  narrow(pattern: string): void {
    this.coming?.stop();
    this.pattern = pattern;
    if (this.did !== null) {
      const coming = this.filesOf(this.did, pattern.trim(), () => {
        this.files = coming;
        this.tell();
      });
      this.coming = coming;
      coming.look();
    }
    this.tell();
  }

  /** Whether this is one of the files that are shown. */
  lists(did: string): boolean {
    return this.tab === 'files' && (this.files?.has(did) ?? false);
  }

  /** What selected rows of the files mean: all of them are the dataset, whose other pages need not be known. */
  chosen(keys: readonly string[]): readonly string[] {
    const all = this.did !== null && this.pattern === '' && keys.length > 1 && keys.length === this.files?.total;
    return all && this.did !== null ? [this.did] : keys.filter(key => !isWaiting(key));
  }

  /** Ask for what is in sight, unless that was done. */
  look(): void {
    this.about?.look();
    if (this.tab === 'files' && this.files?.total === null) {
      this.files.look();
    } else if (this.tab === 'replicas' || this.tab === 'rules') {
      this[this.tab]?.look();
    }
  }

  /** Ask again for the rules that are shown. */
  private askRules(): void {
    if (this.rules?.value) {
      void this.rules.ask();
    }
  }

  private replicasOf(did: string, signal: AbortSignal): Promise<Replicas> {
    return this.anew.ask(did, freshness => this.lake.api.replicas(did, signal, freshness));
  }

  private filesOf(did: string, part: string, told = this.tell): FilePages {
    const pattern = part === '' || part.includes('*') ? part : `*${part}*`;
    const query = { count: PAGE, pattern: pattern || undefined };
    const ask = (start: number, signal: AbortSignal) =>
      this.anew.ask(did, freshness => this.lake.api.files(did, { start, ...query, ...freshness }, signal));
    return new FilePages(ask, told, pattern);
  }

  /** Files as they were narrowed last. */
  private coming: FilePages | null = null;
  /** Before whatever else hears of a refresh: the details ask at once. */
  private readonly anew: Anew;
  private readonly tell = (): void => this.told.emit();
  private readonly told = new Signal<Details, void>(this);
}
