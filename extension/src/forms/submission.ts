/** Sending a form: busy while it is under way, and what the server refused, at its field. */

import * as React from 'react';
import { asLakeError, isAbort } from '../api/error';
import type { LakeError } from '../api/error';

export interface Submission {
  busy: boolean;
  error: LakeError | null;
  /** Do it, and remember what was refused; nothing while another is under way. */
  run(work: () => Promise<unknown>): Promise<void>;
  /** What is typed changed: forget what was refused there, or at no field; without a field, anywhere. */
  corrected(field?: string): void;
  /** What was refused at this field. */
  at(field: string): string | null;
  /** What was refused at none of these fields. */
  elsewhere(fields: readonly string[]): string | null;
}

/** The sending of one form; it may begin with what was refused before the form was shown. */
export function useSubmission(refused: LakeError | null = null): Submission {
  const [busy, setBusy] = React.useState(false);
  const [error, setError] = React.useState(refused);
  const underWay = React.useRef(false);
  const run = async (work: () => Promise<unknown>) => {
    if (underWay.current) {
      return;
    }
    underWay.current = true;
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (caught) {
      setError(isAbort(caught) ? null : asLakeError(caught));
    } finally {
      underWay.current = false;
      setBusy(false);
    }
  };
  return {
    busy,
    error,
    run,
    corrected: field => setError(before => (field === undefined || (before?.field ?? field) === field ? null : before)),
    at: field => (error?.field === field ? error.message : null),
    elsewhere: fields => (error && !fields.includes(error.field ?? '') ? error.message : null)
  };
}
