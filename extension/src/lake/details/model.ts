/** What is known of the DID that is looked at; each part is asked for when its tab is shown. */

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { Dataset, Replicas, Rule } from '../../api/types';
import type { IDataLake } from '../../tokens';
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
    lake.events.rule.connect((_, { did }) =>
      did === this.did && this.rules?.value ? void this.rules.ask() : undefined
    );
  }

  get changed(): ISignal<Details, void> {
    return this.told;
  }

  /** Look at a DID, from the beginning. */
  show(did: string | null): void {
    for (const part of [this.about, this.replicas, this.rules, this.files]) {
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

  /** Look at another part. */
  turn(tab: Tab): void {
    this.tab = tab;
    this.tell();
  }

  /** Only the files whose names fit; a part of a name is enough. */
  narrow(pattern: string): void {
    this.files?.stop();
    this.pattern = pattern;
    this.files = this.did === null ? null : this.filesOf(this.did, pattern.trim());
    this.files?.look();
    this.tell();
  }

  /** Whether this is one of the files that are shown. */
  lists(did: string): boolean {
    return this.tab === 'files' && (this.files?.has(did) ?? false);
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

  private replicasOf(did: string, signal: AbortSignal): Promise<Replicas> {
    return this.anew.ask(did, freshness => this.lake.api.replicas(did, signal, freshness));
  }

  private filesOf(did: string, part: string): FilePages {
    const pattern = (part === '' || part.includes('*') ? part : `*${part}*`) || undefined;
    const ask = (start: number, signal: AbortSignal) =>
      this.anew.ask(did, freshness => this.lake.api.files(did, { start, count: PAGE, pattern, ...freshness }, signal));
    return new FilePages(ask, this.tell);
  }

  /** Before whatever else hears of a refresh: the details ask at once. */
  private readonly anew: Anew;
  private readonly tell = (): void => this.told.emit();
  private readonly told = new Signal<Details, void>(this);
}
