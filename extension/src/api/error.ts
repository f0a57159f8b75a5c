/** What went wrong with a request, in one shape, whoever said it: our routes, Jupyter, a proxy, the network. */

import type { TranslationBundle } from '@jupyterlab/translation';

/** What else is known of a failure. */
interface About {
  /** Which one of the field's values, from 0, where it has several. */
  index?: number | null;
  /** Seconds after which another try makes sense. */
  retryAfter?: number | null;
  status?: number | null;
}

/** A request that failed: its message names the cause and the next step. */
export class LakeError extends Error {
  readonly index: number | null;
  readonly retryAfter: number | null;
  readonly status: number | null;

  constructor(
    readonly kind: string,
    message: string,
    readonly field: string | null = null,
    { index = null, retryAfter = null, status = null }: About = {}
  ) {
    super(message);
    this.name = 'LakeError';
    this.index = index;
    this.retryAfter = retryAfter;
    this.status = status;
  }

  /** Whether it may well work later without anybody changing anything. */
  get passing(): boolean {
    return this.status === null || [502, 503, 504].includes(this.status);
  }
}

/** Whether nobody wants the answer any more: no error to show. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Any error as one that can be shown. */
export function asLakeError(error: unknown): LakeError {
  return error instanceof LakeError
    ? error
    : new LakeError('Internal', error instanceof Error ? error.message : String(error));
}

/** The error that an answer tells of. */
export async function errorOf(response: Response, trans: TranslationBundle): Promise<LakeError> {
  const told = parsed(await response.text());
  const { status } = response;
  if (told && typeof told.error === 'string') {
    return toldError(told, status, Number(response.headers.get('Retry-After')) || null);
  }
  if (status === 403 || status === 401) {
    return new LakeError('Forbidden', trans.__('Jupyter does not know this page any more. Reload it.'), null, {
      status
    });
  }
  if (status === 404) {
    const text = trans.__('The server part of vre-dm does not answer. "jupyter server extension list" tells why.');
    return new LakeError('NoServer', text, null, { status });
  }
  const text = trans.__('The Jupyter server answered with status %1. Its log may tell more.', status);
  return new LakeError('Internal', text, null, { status });
}

/** The error that our own routes wrote as JSON, also in the middle of a stream. */
export function toldError(
  told: Record<string, unknown>,
  status: number | null = 500,
  patience: number | null = null
): LakeError {
  const field = typeof told.field === 'string' ? told.field : null;
  return new LakeError(String(told.error), String(told.message ?? told.error), field, {
    index: typeof told.index === 'number' ? told.index : null,
    retryAfter: typeof told.retry_after === 'number' ? told.retry_after : patience,
    status
  });
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null; // a page of a proxy, for instance
  }
}
