/** The searches made last, as text; kept with the workspace. */

import type { IStateDB } from '@jupyterlab/statedb';

const KEY = 'vre-dm-lab:searches';
const MOST = 20;

/** Searches with the newest first, each once. */
export function remembered(texts: readonly string[], text: string): string[] {
  return text.trim() === '' ? [...texts] : [text, ...texts.filter(other => other !== text)].slice(0, MOST);
}

/** Keeps them where JupyterLab keeps the state of its windows. */
export class RecentSearches {
  texts: readonly string[] = [];

  constructor(private readonly state: IStateDB | null) {}

  async load(): Promise<void> {
    const held = await this.state?.fetch(KEY);
    this.texts = Array.isArray(held) ? held.filter(text => typeof text === 'string').slice(0, MOST) : [];
  }

  add(text: string): void {
    this.texts = remembered(this.texts, text);
    void this.state?.save(KEY, [...this.texts]);
  }
}
