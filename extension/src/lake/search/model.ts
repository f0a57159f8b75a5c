/** One search at a time: its hits as they come, how it stands, and what is asked next. */

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { asLakeError, isAbort } from '../../api/error';
import type { LakeError } from '../../api/error';
import type { Entry, MetadataKey } from '../../api/types';
import type { IDataLake } from '../../tokens';
import { askedPattern, conditionOf, kindOf, readText, textOf } from './query';
import type { Query } from './query';
import type { RecentSearches } from './recent';

export type Phase = 'idle' | 'asking' | 'done' | 'failed';

/** The search of the panel. */
export class SearchModel {
  /** Grows while hits come; another array for another search. */
  rows: Entry[] = [];
  phase: Phase = 'idle';
  error: LakeError | null = null;
  /** The pattern that was asked. */
  asked = '';
  leftOut: readonly string[] = [];
  /** What will be asked next, as it stands in the form. */
  draft: Query = { pattern: '', kind: 'collection', filters: [] };
  keys: readonly MetadataKey[] = [];

  constructor(
    private readonly lake: IDataLake,
    readonly recent: RecentSearches
  ) {
    void recent.load().then(() => this.told.emit());
    lake.refreshed.connect(() => this.again());
  }

  get changed(): ISignal<SearchModel, void> {
    return this.told;
  }

  /** Change what will be asked next. */
  edit(change: Partial<Query>): void {
    this.draft = { ...this.draft, ...change };
    this.told.emit();
  }

  /** Ask for what was typed; conditions among it become filters. */
  submit(): Promise<void> {
    const { pattern, filters } = readText(this.draft.pattern);
    this.edit({ pattern, filters: [...this.draft.filters, ...filters] });
    return this.run(this.draft);
  }

  /** Ask; a search that still runs is given up. */
  private async run(query: Query): Promise<void> {
    const signal = this.begin(query);
    const where = query.filters.map(filter => conditionOf(filter, kindOf(filter, this.keys)));
    const take = (rows: Entry[]) => {
      if (!signal.aborted) {
        this.rows.push(...rows);
        this.told.emit();
      }
    };
    try {
      const end = await this.lake.api.search({ pattern: this.asked, kind: query.kind, where }, take, signal);
      this.over(signal, 'done', null, end.left_out);
      this.recent.add(textOf(query, this.keys));
    } catch (error) {
      if (!isAbort(error)) {
        this.over(signal, 'failed', asLakeError(error));
      }
    }
  }

  /** Give up what runs; what came stays. */
  stop(): void {
    if (this.phase === 'asking') {
      this.abort?.abort();
      this.phase = 'idle';
      this.told.emit();
    }
  }

  /** Learn the keys that filters can be about; asked when the first filter is made. */
  async learnKeys(): Promise<void> {
    if (this.keys.length === 0) {
      this.keys = await this.lake.api.keys().then(
        answer => answer.keys,
        () => [] // any key can be typed without them
      );
      this.told.emit();
    }
  }

  private again(): void {
    this.keys = [];
    if (this.query) {
      void this.run(this.query);
    }
  }

  private begin(query: Query): AbortSignal {
    this.abort?.abort();
    this.abort = new AbortController();
    Object.assign(this, { query, rows: [], phase: 'asking', error: null, leftOut: [] });
    this.asked = askedPattern(query.pattern);
    this.told.emit();
    return this.abort.signal;
  }

  private over(signal: AbortSignal, phase: Phase, error: LakeError | null, leftOut: readonly string[] = []): void {
    if (!signal.aborted) {
      Object.assign(this, { phase, error, leftOut });
      this.told.emit();
    }
  }

  private query: Query | null = null;
  private abort: AbortController | null = null;
  private readonly told = new Signal<SearchModel, void>(this);
}
