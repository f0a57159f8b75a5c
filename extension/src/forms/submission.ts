/** Sending a form: busy while it is under way, and what the server refused, at its field. */

import * as React from 'react';
import { asLakeError, isAbort } from '../api/error';
import type { LakeError } from '../api/error';

export interface Submission {
  busy: boolean;
  error: LakeError | null;
  /** Do it; true if it went well. */
  run(work: () => Promise<void>): Promise<boolean>;
  /** What was refused at this field. */
  at(field: string): string | null;
  /** What was refused at none of these fields. */
  elsewhere(fields: readonly string[]): string | null;
}

/** One submission a form: a second one waits for the first. */
export function useSubmission(): Submission {
  const [busy, setBusy] = React.useState(false);
  const [error, setError] = React.useState<LakeError | null>(null);
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
      return true;
    } catch (caught) {
      setError(isAbort(caught) ? null : asLakeError(caught));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    error,
    run,
    at: field => (error?.field === field ? error.message : null),
    elsewhere: fields => (error && !fields.includes(error.field ?? '') ? error.message : null)
  };
}
