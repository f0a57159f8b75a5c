/** The server keeps long lists for minutes: after a refresh each is asked of the lake once more. */

import type { ISignal } from '@lumino/signaling';

/** Part of a question that makes the server ask the lake. */
export type Freshness = { refresh?: 1 };

/** Which lists were asked for since the last refresh. */
export class Anew {
  constructor(refreshed: ISignal<unknown, void>) {
    refreshed.connect(() => (this.since = this.used ? new Set() : null));
  }

  /** Ask for a list; one whose answer failed or was given up counts as not asked. */
  async ask<T>(list: string, question: (freshness: Freshness) => Promise<T>): Promise<T> {
    const { since } = this;
    this.used = true;
    if (since === null || since.has(list)) {
      return question({});
    }
    const answer = await question({ refresh: 1 });
    since.add(list);
    return answer;
  }

  /** Null while nothing was refreshed: what the server keeps is new enough for a page that begins. */
  private since: Set<string> | null = null;
  private used = false;
}
