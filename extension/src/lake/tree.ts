/** The tree of a lake: what is open, what was asked for, and the rows that result. */

import { Signal } from '@lumino/signaling';
import { Branch } from './branch';
import type { AskChildren } from './branch';
import { flatten } from './flatten';
import { canOpen } from './nodes';
import type { TreeNode, TreeRow } from './nodes';

/** Calls back soon; many calls at once become one. */
export type Soon = (then: () => void) => void;

const KEPT = 2000; // children of a closed node that need not be asked for again

/** Knows nothing of the page. */
export class LakeTree {
  /** The rows changed. */
  readonly changed = new Signal<this, void>(this);
  /** The user opened or closed a node. */
  readonly opened = new Signal<this, void>(this);
  rows: readonly TreeRow[] = [];
  readonly expanded = new Set<string>();
  private filterText = '';
  private branches = new Map<string, Branch>();
  private root: Branch;
  private due = false;

  constructor(
    private ask: AskChildren,
    private soon: Soon
  ) {
    this.root = this.branchOf(null);
  }

  get filter(): string {
    return this.filterText;
  }

  set filter(text: string) {
    this.filterText = text;
    this.update();
  }

  /** Whether the scopes were asked for and have come. */
  get ready(): boolean {
    return this.root.state === 'done';
  }

  /** Begin, with these nodes open. */
  async start(expanded: Iterable<string>): Promise<void> {
    this.dispose();
    this.expanded.clear();
    for (const key of expanded) {
      this.expanded.add(key);
    }
    this.branches.clear();
    this.root = this.branchOf(null);
    await this.root.load();
  }

  /** Ask for everything that is shown again. */
  refresh(): void {
    void this.root.load();
    this.branches.forEach(branch => this.again(branch));
    this.update();
  }

  /** Something was published into a DID: what is in it, and in its scope, is asked for again. */
  renew(did: string): void {
    for (const branch of this.branches.values()) {
      const { node } = branch;
      if (node?.did === did || (node?.did === null && did.startsWith(`${node.scope}:`))) {
        this.again(branch);
      }
    }
    this.update();
  }

  /** Open a node, or close it. */
  toggle(node: TreeNode, open = !this.expanded.has(node.key)): void {
    if (!canOpen(node)) {
      return;
    }
    if (open) {
      this.expanded.add(node.key);
      this.wanted(node);
    } else {
      this.expanded.delete(node.key);
      this.close(node);
    }
    this.opened.emit();
    this.update();
  }

  /** Ask once more for what failed. */
  retry(node: TreeNode | null): void {
    void (node ? this.branches.get(node.key) : this.root)?.load();
  }

  /** A DID is no longer in the lake: say so wherever it is shown. */
  mark(did: string): void {
    for (const branch of [this.root, ...this.branches.values()]) {
      for (const node of branch.nodes) {
        node.gone = node.gone || node.did === did;
      }
    }
    this.update();
  }

  dispose(): void {
    this.root.dispose();
    this.branches.forEach(branch => branch.dispose());
  }

  private branchOf(node: TreeNode | null): Branch {
    return new Branch(node, this.ask, () => this.update());
  }

  /** A question under way is given up; a short list is kept for the next time, a long one would fill the memory. */
  private close(node: TreeNode): void {
    const branch = this.branches.get(node.key);
    if (branch && (branch.state !== 'done' || branch.nodes.length > KEPT)) {
      branch.dispose();
      this.branches.delete(node.key);
    }
  }

  private again(branch: Branch): void {
    if (branch.node && this.expanded.has(branch.node.key)) {
      branch.node.gone = false;
      void branch.load();
    } else {
      this.branches.delete(branch.node?.key ?? '');
    }
  }

  private wanted(node: TreeNode): void {
    if (!this.branches.has(node.key)) {
      const branch = this.branchOf(node);
      this.branches.set(node.key, branch);
      void branch.load();
    }
  }

  private update(): void {
    if (this.due) {
      return;
    }
    this.due = true;
    this.soon(() => {
      this.due = false;
      this.reopen(this.root);
      const { branches, expanded } = this;
      this.rows = flatten(this.root, { branches, expanded, filter: this.filterText.toLowerCase() });
      this.changed.emit();
    });
  }

  /** Nodes that were open before the page was loaded are opened as they come. */
  private reopen(branch: Branch): void {
    for (const node of this.expanded.size ? branch.nodes : []) {
      if (canOpen(node) && this.expanded.has(node.key)) {
        this.wanted(node);
        const below = this.branches.get(node.key);
        if (below) {
          this.reopen(below);
        }
      }
    }
  }
}
