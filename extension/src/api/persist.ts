/** Asks again what failed for a passing reason, less and less often, until it works or nobody wants it. */

import { asLakeError, isAbort } from './error';
import type { LakeError } from './error';
import { backoff, pause } from './stream';

/** The answer, however many tries it takes, with `trouble` told of each failure; an error that would stay is thrown. */
export async function persist<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  trouble: (error: LakeError) => void
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
      trouble(error);
      await pause(milliseconds, signal);
      signal.throwIfAborted();
    }
  }
}
