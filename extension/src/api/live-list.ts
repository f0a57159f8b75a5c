/** A list that the server gives and its events keep up to date, in whatever order the two arrive. */

import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { asLakeError, isAbort } from './error';
import type { LakeError } from './error';
import { persist } from './persist';

/** What is told of an item while the list is asked for is newer than the answer. */
export abstract class LiveList<T> implements IDisposable {
  isDisposed = false;
  /** Whether the list was there once. */
  isKnown = false;
  /** Whether it is being asked for. */
  isAsking = false;
  /** Why there is no list. */
  problem: LakeError | null = null;
  /** What was refused, by the item's name. */
  readonly refused = new Map<string, LakeError>();

  /** Something that is shown changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The newest first, else in the order of the server. */
  get items(): readonly T[] {
    return [...this.known.values()];
  }

  dispose(): void {
    this.isDisposed = true;
    this.asked?.abort();
    Signal.clearData(this);
  }

  /** Ask for all of them, again and again where that may help; a later question takes the place of this one. */
  async reload(): Promise<void> {
    this.asked?.abort();
    const { signal } = (this.asked = new AbortController());
    this.told = new Set();
    this.isAsking = true;
    this.tell();
    try {
      this.replace(
        await persist(
          signal => this.list(signal),
          signal,
          error => this.trouble(error)
        )
      );
      this.problem = null;
    } catch (error) {
      if (isAbort(error)) {
        return;
      }
      this.problem = asLakeError(error);
    }
    this.isAsking = false;
    this.tell();
  }

  /** Take an item as it is now. */
  put(item: T): void {
    const name = this.nameOf(item);
    const was = this.known.get(name);
    this.told.add(name);
    this.known = was ? this.known.set(name, item) : new Map([[name, item], ...this.known]);
    this.arrived?.(was, item);
    this.tell();
  }

  /** Take note that an item is no more. */
  drop(name: string): void {
    this.told.add(name);
    this.known.delete(name);
    this.refused.delete(name);
    this.tell();
  }

  /** Do something with an item; a refusal stands at it until the next try. */
  async attempt(name: string, work: () => Promise<void>): Promise<void> {
    this.refused.delete(name);
    try {
      await work();
    } catch (error) {
      this.refused.set(name, asLakeError(error));
    }
    this.tell();
  }

  protected abstract list(signal: AbortSignal): Promise<readonly T[]>;
  protected abstract nameOf(item: T): string;

  /** An item came, of itself or in the list; `was` is what was known of it. */
  protected arrived?(was: T | undefined, item: T): void;

  protected known = new Map<string, T>();

  protected tell(): void {
    this._changed.emit();
  }

  private trouble(error: LakeError): void {
    this.problem = error;
    this.tell();
  }

  private replace(listed: readonly T[]): void {
    const before = this.known;
    const newer = [...before].filter(([name]) => this.told.has(name));
    const others = listed.map(item => [this.nameOf(item), item] as const).filter(([name]) => !this.told.has(name));
    this.known = new Map([...newer, ...others]);
    this.isKnown = true;
    this.refused.clear();
    others.forEach(([name, item]) => this.arrived?.(before.get(name), item));
  }

  private told = new Set<string>(); // names that events or answers told of since the list was asked for
  private asked: AbortController | null = null;
  private _changed = new Signal<this, void>(this);
}
