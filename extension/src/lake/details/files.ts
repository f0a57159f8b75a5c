/** The files of a dataset, a page at a time as they are looked at; pages that are far away are forgotten. */

import { asLakeError, isAbort } from '../../api/error';
import type { LakeError } from '../../api/error';
import type { FilePage, FileRow } from '../../api/types';

/** Rows in one request. */
export const PAGE = 200;
const KEPT = 40; // pages

type Ask = (start: number, signal: AbortSignal) => Promise<FilePage>;

/** Files by index; `at` gives what is known. */
export class FilePages {
  /** Number of files; null before the first answer. */
  total: number | null = null;
  size: number | null = null;
  error: LakeError | null = null;

  constructor(
    private readonly ask: Ask,
    private readonly told: () => void,
    /** Which names fit; empty are all. */
    readonly pattern = ''
  ) {}

  /** One file; undefined while its page is on the way. */
  readonly at = (index: number): FileRow | undefined => this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];

  /** These rows are in sight. */
  readonly show = (first: number, end: number): void => {
    const last = Math.floor(Math.max(first, end - 1) / PAGE);
    for (let page = Math.floor(first / PAGE); page <= last; page += 1) {
      this.bring(page);
    }
  };

  /** Whether this file is among those that are known. */
  has(did: string): boolean {
    return this.count([did]) > 0;
  }

  /** How many of the files that are known are among these. */
  count(dids: readonly string[]): number {
    const wanted = new Set(dids);
    return [...this.pages.values()].flat().filter(row => wanted.has(row.did)).length;
  }

  /** Ask for the first page, again after a failure. */
  look(): void {
    this.error = null;
    this.bring(0);
  }

  stop(): void {
    this.abort.abort();
  }

  private bring(page: number): void {
    const known = this.pages.get(page);
    if (known) {
      this.pages.delete(page); // to the end: what is looked at is forgotten last
      this.pages.set(page, known);
    } else if (!this.asking.has(page) && this.error === null) {
      this.asking.add(page);
      void this.take(page);
    }
  }

  private async take(page: number): Promise<void> {
    const { signal } = this.abort;
    try {
      const { total, size, rows } = await this.ask(page * PAGE, signal);
      Object.assign(this, { total, size });
      this.keep(page, rows);
    } catch (error) {
      if (isAbort(error)) {
        return;
      }
      this.error = asLakeError(error);
    } finally {
      this.asking.delete(page);
    }
    if (!signal.aborted) {
      this.told();
    }
  }

  private keep(page: number, rows: FileRow[]): void {
    this.pages.set(page, rows);
    for (const oldest of this.pages.keys()) {
      if (this.pages.size <= KEPT) {
        break;
      }
      this.pages.delete(oldest);
    }
  }

  private readonly pages = new Map<number, FileRow[]>();
  private readonly asking = new Set<number>();
  private readonly abort = new AbortController();
}
