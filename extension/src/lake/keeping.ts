/** Keeps the tree in step with the lake, and what is open in it from one page to the next. */

import type { IDataLake } from '../tokens';
import type { TreeMemory } from './memory';
import type { LakeTree } from './tree';

const PATIENCE = 500; // milliseconds, so that a row of clicks is remembered once

/** Ask when the lake is there and somebody looks, anew when it is another one, again when the user wants it. */
export function keepTree(tree: LakeTree, lake: IDataLake, memory: TreeMemory, seen: Promise<void>): void {
  let shown: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = async () => {
    await seen;
    const name = lake.lake;
    if (name === null || name === shown) {
      tree.refresh();
      return;
    }
    shown = name;
    const open = await memory.open(name);
    if (shown === name) {
      void tree.start(open);
    }
  };
  lake.refreshed.connect(() => void show());
  followUploads(tree, lake);
  lake.didGone.connect((_, did) => tree.mark(did));
  tree.opened.connect(() => {
    clearTimeout(timer);
    const name = shown;
    timer = setTimeout(() => (name === null ? undefined : void memory.keep(name, tree.expanded)), PATIENCE);
  });
}

/** What is published while the page looks on is shown when it is there. */
function followUploads(tree: LakeTree, lake: IDataLake): void {
  const running = new Set<string>();
  lake.events.job.connect((_, job) => {
    if (job.kind === 'upload' && job.state === 'running') {
      running.add(job.job);
    } else if (running.delete(job.job) && job.lake === lake.lake) {
      tree.renew(job.what);
    }
  });
}
