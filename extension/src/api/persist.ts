/** Asks again what failed for a passing reason, less and less often, until it works or nobody wants it. */

import { LakeError, asLakeError, isAbort } from './error';
import { backoff, pause } from './stream';

/** Told of each failure: why, and after how many milliseconds the next try comes; null if there is none. */
export type Trouble = (error: LakeError, wait: number | null) => void;

/** The answer, however many tries it takes; an error that would stay the same is thrown. */
export async function persist<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  trouble: Trouble,
  wait: typeof pause = pause
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask(signal);
    } catch (reason) {
      if (isAbort(reason) || signal.aborted) {
        throw reason;
      }
      const error = asLakeError(reason);
      if (!error.passing) {
        throw error;
      }
      const milliseconds = error.retryAfter === null ? backoff(tries + 1) : 1000 * error.retryAfter;
      trouble(error, milliseconds);
      await wait(milliseconds, signal);
      signal.throwIfAborted();
    }
  }
}
