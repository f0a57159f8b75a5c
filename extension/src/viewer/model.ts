/** What the limits viewer shows: curves to choose from, those that are ticked, and the plot of them. */

import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { LakeApi } from '../api/client';
import { asLakeError, isAbort } from '../api/error';
import type { OverlayAnswer } from '../api/types';
import type { Choice, CurveFilter } from './filter';
import { EVERY_CURVE, fitting, keyOf } from './filter';

type Questions = Pick<LakeApi, 'curves' | 'overlay'>;

/** What is ticked, as a command or a restored window says it. */
export interface Ticked {
  curves: string[];
  paths: string[];
}

/** A curve that cannot stand beside those that are ticked, and what quantity they have. */
export interface Refusal {
  curve: Choice;
  symbol: string;
}

/** The state of one viewer. */
export class CurvesModel {
  private own: Choice[] = [];
  private published: Choice[] = [];
  private wanted: string[] = [];
  private question: AbortController | null = null;
  private asked: CurveFilter = EVERY_CURVE;
  private told = new Signal<this, void>(this);
  private drawn: OverlayAnswer | null = null;
  private said: string | null = null;
  private unread: string[] = [];
  private other: Refusal | null = null;
  private loading = Promise.resolve();

  constructor(private readonly api: Questions) {}

  /** Curves, ticks, filter, plot or problem are other ones now. */
  get changed(): ISignal<this, void> {
    return this.told;
  }

  /** Files first: whoever brought them wants to see them. */
  get curves(): readonly Choice[] {
    return [...this.own, ...this.published];
  }

  get shown(): readonly Choice[] {
    return fitting(this.curves, this.asked, this.wanted);
  }

  get filter(): CurveFilter {
    return this.asked;
  }

  set filter(filter: CurveFilter) {
    this.asked = filter;
    this.told.emit();
  }

  /** Keys in the order in which they were ticked. */
  get ticked(): readonly string[] {
    return this.wanted;
  }

  /** The plot of what is ticked; null while there is none. */
  get overlay(): OverlayAnswer | null {
    return this.drawn;
  }

  /** Why there are no curves, or no plot of those that are ticked, and what is wrong with files. */
  get problem(): string | null {
    return [...this.unread, this.said].filter(Boolean).join(' ') || null;
  }

  /** The last tick, if it was refused: a plot has one quantity. */
  get refusal(): Refusal | null {
    return this.other;
  }

  /** What to tick again after a reload. */
  get state(): Ticked {
    const paths = this.wanted.filter(key => key.startsWith('/')).map(key => key.slice(1));
    return { curves: this.wanted.filter(key => !key.startsWith('/')), paths };
  }

  /** Ask for the catalogue; again, if it did not come. */
  async load(): Promise<void> {
    this.loading = this.attempt(async () => {
      this.published = (await this.api.curves()).curves;
    });
    await this.loading;
  }

  /** Tick these as well; files are read, and stay in the list. */
  async add({ curves, paths }: Ticked): Promise<void> {
    await this.loading;
    const read = new Set(this.own.map(curve => curve.path));
    this.unread = [];
    await this.attempt(async () => {
      for (const path of paths.filter(path => !read.has(path))) {
        const found = await this.api.curves(path);
        this.own = [...this.own, ...found.curves.map(curve => ({ ...curve, path }))];
        this.unread.push(...found.problems.map(({ file, message }) => `${file}: ${message}`));
      }
    });
    const known = new Set(this.own.map(keyOf));
    const keys = [...paths.map(path => `/${path}`).filter(key => known.has(key)), ...curves];
    if (keys.length) {
      await this.tick([...new Set([...this.wanted, ...keys])]);
    }
  }

  /** Tick a curve, or no longer. */
  async toggle(key: string): Promise<void> {
    await this.tick(this.wanted.includes(key) ? this.wanted.filter(other => other !== key) : [...this.wanted, key]);
  }

  /** Tick the curve that was refused, and no other. */
  async instead(): Promise<void> {
    if (this.other) {
      await this.tick([keyOf(this.other.curve)]);
    }
  }

  /** Tick nothing. */
  async clear(): Promise<void> {
    this.unread = [];
    await this.tick([]);
  }

  /** The plot follows the ticks; of two questions only the later one is answered. */
  private async tick(keys: string[]): Promise<void> {
    const before = this.wanted;
    this.wanted = this.ofOneQuantity(keys);
    if (this.other && this.wanted.length === before.length) {
      this.told.emit();
      return;
    }
    this.question?.abort();
    if (keys.length === 0) {
      this.drawn = null;
      this.refuse('');
      return;
    }
    const { curves, paths } = this.state;
    const { signal } = (this.question = new AbortController());
    this.told.emit();
    await this.attempt(async () => {
      try {
        this.drawn = await this.api.overlay(curves, paths, signal);
        this.said = null;
      } catch (error) {
        this.drawn = isAbort(error) ? this.drawn : null;
        throw error;
      }
    });
  }

  /** Those that have the quantity of the first; what is not in the list is left to the server. */
  private ofOneQuantity(keys: string[]): string[] {
    const known = new Map(this.curves.map(curve => [keyOf(curve), curve]));
    const first = keys.map(key => known.get(key)).find(curve => curve !== undefined);
    const others = keys.filter(key => (known.get(key)?.quantity ?? first?.quantity) !== first?.quantity);
    this.other = others.length ? { curve: known.get(others[0])!, symbol: first!.symbol } : null;
    return keys.filter(key => !others.includes(key));
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.told.emit();
    } catch (error) {
      if (!isAbort(error)) {
        this.refuse(asLakeError(error).message);
      }
    }
  }

  private refuse(message: string): void {
    this.said = message || null;
    this.told.emit();
  }
}
