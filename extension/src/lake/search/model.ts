/** One search at a time: its hits as they come, how it stands, and what is asked next. */

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { asLakeError, isAbort } from '../../api/error';
import type { LakeError } from '../../api/error';
import type { Entry, MetadataKey, StreamEnd } from '../../api/types';
import type { IDataLake } from '../../tokens';
import { isWords, joined, questionsOf, readText, textOf } from './query';
import type { Filter, Query } from './query';
import type { RecentSearches } from './recent';

export type Phase = 'idle' | 'asking' | 'done' | 'failed';

/** The search of the panel. */
export class SearchModel {
  /** Grows while hits come; another array for another search. */
  rows: Entry[] = [];
  phase: Phase = 'idle';
  error: LakeError | null = null;
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

  /** What was asked last. */
  get asked(): Query | null {
    return this.query;
  }

  /** Which of the filters the server refused; -1 for none. */
  get refused(): number {
    return this.error?.field === 'where' ? (this.error.index ?? -1) : -1;
  }

  /** Change what will be asked next. */
  edit(change: Partial<Query>): void {
    this.draft = { ...this.draft, ...change };
    this.told.emit();
  }

  /** Ask for what was typed; conditions among it become filters beside these. */
  submit(filters = this.accepted()): Promise<void> {
    const { pattern, filters: typed } = readText(this.draft.pattern);
    this.edit({ pattern, filters: joined(filters, typed) });
    return this.run(this.draft);
  }

  /** Ask; a search that still runs is given up. */
  private async run(query: Query): Promise<void> {
    const signal = this.begin(query);
    const seen = new Set<string>();
    const take = (rows: Entry[]) => {
      if (!signal.aborted) {
        this.rows.push(...rows.filter(({ did }) => !seen.has(did) && seen.add(did)));
        this.told.emit();
      }
    };
    const leftOut = new Set<string>();
    try {
      for (const question of questionsOf(query, this.keys)) {
        const ends = this.lake.api.search(question, take, signal).catch(error => nothing(error, query));
        (await ends).left_out.forEach(name => leftOut.add(name));
      }
      this.over(signal, 'done', null, [...leftOut]);
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

  /** The filters, without the one that was refused if something else was typed since. */
  private accepted(): readonly Filter[] {
    const { draft, refused } = this;
    return draft.filters.filter((_, index) => index !== refused || draft.pattern === this.query?.pattern);
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

/** A word that can be in no name, or a lake without titles, is no fault of who looks for a word. */
function nothing(error: unknown, { pattern, filters }: Query): StreamEnd {
  const { kind, index } = asLakeError(error);
  const foreign = kind === 'InvalidFilter' && (index ?? 0) >= filters.length;
  if (isWords(pattern) && (foreign || kind === 'InvalidDid' || kind === 'NotInLake')) {
    return { total: 0, left_out: [] };
  }
  throw error;
}
