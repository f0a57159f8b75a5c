/** One stream of events for all pages of a browser: each open stream costs one of the six connections to a host. */

import type { ServerEvent } from './lines';

/** Follows a stream: tells events, and whether it stands, until the signal says enough. */
export type Follow = (
  take: (event: ServerEvent) => void,
  signal: AbortSignal,
  standing: (up: boolean) => void
) => Promise<void>;

type Told = { event: ServerEvent } | { up: boolean } | { asked: true };

/**
 * Follow a stream together with the other pages that follow the one of this name.
 * Whoever holds the lock has the connection and tells the others; when its page goes, the next one takes over.
 */
export async function followTogether(
  name: string,
  follow: Follow,
  take: (event: ServerEvent) => void,
  signal: AbortSignal,
  standing: (up: boolean) => void
): Promise<void> {
  if (!navigator.locks) {
    return follow(take, signal, standing); // a page that came by plain http
  }
  const channel = new BroadcastChannel(name);
  const say = (told: Told) => channel.postMessage(told);
  let leading = false;
  let up = false;
  channel.onmessage = ({ data }: MessageEvent<Told>) => {
    if ('asked' in data) {
      return leading && up ? say({ up }) : undefined;
    }
    return 'event' in data ? take(data.event) : standing(data.up);
  };
  say({ asked: true }); // a page that comes later has missed how things stand
  const lead = () => {
    leading = true;
    const takeToo = (event: ServerEvent) => (say({ event }), take(event));
    const standToo = (now: boolean) => ((up = now), say({ up }), standing(up));
    return follow(takeToo, signal, standToo);
  };
  try {
    await navigator.locks.request(name, { signal }, lead);
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
  } finally {
    channel.close();
  }
}
