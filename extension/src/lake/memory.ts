/** Which nodes of the tree are open, remembered with the workspace; names only, nothing secret. */

import type { IStateDB } from '@jupyterlab/statedb';

const KEY = 'vre-dm-lab:tree';
const MOST = 500; // nodes remembered, the newest

/** Reads and writes the open nodes of a lake. */
export class TreeMemory {
  constructor(private state: IStateDB | null) {}

  /** The nodes that were open. */
  async open(lake: string): Promise<string[]> {
    const known = (await this.state?.fetch(KEY)) as Record<string, unknown> | undefined;
    const keys = known?.[lake];
    return Array.isArray(keys) ? keys.filter(key => typeof key === 'string') : [];
  }

  /** Remember the nodes that are open now. */
  async keep(lake: string, keys: Iterable<string>): Promise<void> {
    const known = (await this.state?.fetch(KEY)) as Record<string, string[]> | undefined;
    await this.state?.save(KEY, { ...known, [lake]: [...keys].slice(-MOST) });
  }
}
