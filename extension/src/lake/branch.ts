/** The children of one node: asked for when it is opened, growing while they come. */

import { LakeError, asLakeError, isAbort } from '../api/error';
import { persist } from '../api/persist';
import type { StreamEnd } from '../api/types';
import { compareNodes, merged } from './nodes';
import type { TreeNode } from './nodes';

/** Asks for the children of a node (null: the scopes), page by page. */
export type AskChildren = (
  node: TreeNode | null,
  take: (nodes: TreeNode[]) => void,
  signal: AbortSignal
) => Promise<StreamEnd>;

/** Keeps what comes sorted; the longer the list, the more rows are let in at once, so that no page costs much. */
class Gathered {
  sorted: readonly TreeNode[] = [];
  private waiting: TreeNode[] = [];

  add(page: TreeNode[]): void {
    this.waiting.push(...page);
    if (8 * this.waiting.length >= this.sorted.length) {
      this.all();
    }
  }

  all(): readonly TreeNode[] {
    this.sorted = merged(this.sorted, this.waiting.sort(compareNodes));
    this.waiting = [];
    return this.sorted;
  }
}

/** Children of a node, and how the question for them stands. */
export class Branch {
  nodes: readonly TreeNode[] = [];
  state: 'loading' | 'done' | 'failed' = 'loading';
  /** Names that could not be shown safely. */
  leftOut: readonly string[] = [];
  error: LakeError | null = null;
  /** It is asked again by itself. */
  again = false;
  private stop = new AbortController();

  constructor(
    readonly node: TreeNode | null,
    private ask: AskChildren,
    private changed: () => void
  ) {}

  /** Ask (again). Rows that are shown stay until the new ones are complete. */
  async load(): Promise<void> {
    this.stop.abort();
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.set('loading');
    try {
      await persist(
        signal => this.once(signal),
        signal,
        error => {
          this.error = error;
          this.set('failed', true);
        }
      );
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) {
        this.error = asLakeError(error);
        this.set('failed');
      }
    }
  }

  /** Nobody looks any more. */
  dispose(): void {
    this.stop.abort();
  }

  private async once(signal: AbortSignal): Promise<void> {
    const shown = this.nodes.length > 0;
    const fresh = new Gathered();
    const end = await this.ask(
      this.node,
      page => {
        fresh.add(page);
        if (!shown && !signal.aborted) {
          this.nodes = fresh.sorted;
          this.set('loading');
        }
      },
      signal
    );
    this.nodes = fresh.all();
    this.leftOut = end.left_out;
    this.error = null;
    this.set('done');
  }

  private set(state: Branch['state'], again = false): void {
    this.state = state;
    this.again = again;
    this.changed();
  }
}
