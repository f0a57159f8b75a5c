/** One question to the lake: asked when it is first looked at, and again on request. */

import { asLakeError, isAbort } from '../../api/error';
import type { LakeError } from '../../api/error';

/** An answer, its absence, or why there is none. */
export class Asked<T> {
  value: T | null = null;
  error: LakeError | null = null;

  constructor(
    private readonly question: (signal: AbortSignal) => Promise<T>,
    private readonly told: () => void
  ) {}

  /** Ask, unless that was done. */
  look(): void {
    if (this.abort === null) {
      void this.ask();
    }
  }

  /** Ask again; what was known stays until there is an answer, also while none can be had. */
  async ask(): Promise<void> {
    this.stop();
    const { signal } = (this.abort = new AbortController());
    try {
      const value = await this.question(signal);
      this.over(signal, value, null);
    } catch (error) {
      if (!isAbort(error)) {
        const said = asLakeError(error);
        this.over(signal, said.passing ? this.value : null, said);
      }
    }
  }

  /** Nobody wants the answer any more. */
  stop(): void {
    this.abort?.abort();
  }

  private over(signal: AbortSignal, value: T | null, error: LakeError | null): void {
    if (!signal.aborted) {
      Object.assign(this, { value, error });
      this.told();
    }
  }

  private abort: AbortController | null = null;
}
