/** Answers that come bit by bit: lists as NDJSON, and the events of the server, which are followed until nobody wants them. */

import { LakeError, errorOf, isAbort, toldError } from './error';
import { EventReader, LineReader } from './lines';
import type { ServerEvent } from './lines';
import type { StreamEnd } from './types';
import type { TranslationBundle } from '@jupyterlab/translation';

const AT_ONCE = 12; // milliseconds of reading after which the page gets its turn

/** Waits between two tries, in milliseconds: doubled each time, up to half a minute, never all pages at once. */
export function backoff(tries: number, random: number = Math.random()): number {
  return Math.min(30_000, 1000 * 2 ** Math.min(tries, 5)) * (0.75 + random / 2);
}

/** Read a list as it comes; `take` gets the rows of each line. */
export async function readRows<T>(
  response: Response,
  take: (rows: T[]) => void,
  trans: TranslationBundle
): Promise<StreamEnd> {
  let end: StreamEnd | null = null;
  await eachLine(response, line => {
    const told = line.trim() === '' ? {} : (JSON.parse(line) as Record<string, unknown>);
    if (told.error !== undefined) {
      throw toldError(told, statusOf(told));
    }
    if (Array.isArray(told.rows)) {
      take(told.rows as T[]);
    }
    if (told.done === true) {
      end = { total: Number(told.total ?? 0), left_out: (told.left_out ?? []) as string[] };
    }
  });
  if (end === null) {
    throw new LakeError('CutOff', trans.__('The list ended before it was complete. Try again.'));
  }
  return end;
}

/** What the follower of events is told. */
export interface FollowOptions {
  open: (lastId: string | null, signal: AbortSignal) => Promise<Response>;
  take: (event: ServerEvent) => void;
  /** Told with true when the stream stands, with false when it broke. */
  standing: (up: boolean) => void;
  signal: AbortSignal;
  trans: TranslationBundle;
  wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Follow events until the signal says enough; a broken stream is opened again and goes on where it was. */
export async function followEvents(options: FollowOptions): Promise<void> {
  const { signal, standing, wait = pause } = options;
  let lastId: string | null = null;
  let tries = 0;
  while (!signal.aborted) {
    let asked: number | null = null;
    try {
      const response = await options.open(lastId, signal);
      if (!response.ok) {
        throw await errorOf(response, options.trans);
      }
      tries = 0;
      standing(true);
      asked = await readEvents(response, event => {
        lastId = event.id ?? lastId;
        options.take(event);
      });
    } catch (error) {
      if (!isAbort(error) && error instanceof LakeError && error.status === 403) {
        break; // the page is logged out: asking for ever would not help
      }
    }
    standing(false);
    await wait(asked ?? backoff(tries++), signal);
  }
}

async function readEvents(response: Response, take: (event: ServerEvent) => void): Promise<number | null> {
  const reader = new EventReader();
  await eachLine(response, line => {
    const event = reader.take(line);
    if (event) {
      take(event);
    }
  });
  return reader.retry;
}

async function eachLine(response: Response, take: (line: string) => void): Promise<void> {
  const source = response.body?.getReader();
  if (!source) {
    return;
  }
  const lines = new LineReader();
  let since = performance.now();
  try {
    for (let read = await source.read(); !read.done; read = await source.read()) {
      lines.take(read.value).forEach(take);
      if (performance.now() - since > AT_ONCE) {
        await new Promise(resolve => setTimeout(resolve)); // what waits to be drawn or pressed comes first
        since = performance.now();
      }
    }
    take(lines.end());
  } catch (error) {
    void source.cancel().catch(() => undefined); // the server need not go on
    throw error;
  }
}

/** A stream has begun with 200 when it fails: the kind says what the status would have been. */
function statusOf(told: Record<string, unknown>): number {
  return told.error === 'Unreachable' ? 502 : told.error === 'NotInLake' ? 404 : 500;
}

/** Wait, or stop waiting when nobody is interested any more. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) {
      return resolve();
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
