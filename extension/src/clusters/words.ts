/** A cluster in words: what it is, how it stands, what it has and does; and the cell that uses it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Cluster } from '../api/types';
import { sizeText } from '../quantities';

/** What it is. */
export function titleOf({ kind, name }: Cluster, trans: TranslationBundle): string {
  return kind === 'gateway' ? trans.__('Dask Gateway: %1', name) : trans.__('This machine: %1', name);
}

/** How it stands. */
export function stateOf({ state }: Cluster, trans: TranslationBundle): string {
  const words: Record<Cluster['state'], string> = {
    starting: trans.__('Starting'),
    running: trans.__('Running'),
    stopping: trans.__('Stopping'),
    silent: trans.__('Does not answer')
  };
  return words[state];
}

/** Workers that are there, and how many there are to be. */
function workersText({ workers, minimum, most }: Cluster, trans: TranslationBundle): string {
  if (most === null) {
    return trans._n('%1 worker', '%1 workers', workers);
  }
  return minimum === null || minimum === most
    ? trans._n('%2 of %1 worker', '%2 of %1 workers', most, workers)
    : trans._n('%1 worker (%2 to %3)', '%1 workers (%2 to %3)', workers, minimum, most);
}

/** Memory that is used, of that which there is; empty where it is not known. */
export function memoryText({ memory, memory_limit }: Cluster, trans: TranslationBundle): string {
  return memory === null || !memory_limit
    ? ''
    : trans.__('%1 of %2 of memory', sizeText(memory), sizeText(memory_limit));
}

function tasksText({ state, running, waiting }: Cluster, trans: TranslationBundle): string {
  if (state !== 'running' || running === null || waiting === null) {
    return '';
  }
  return running + waiting === 0
    ? trans.__('no tasks')
    : trans.__('%1 running, %2 waiting', trans._n('%1 task', '%1 tasks', running), waiting);
}

/** Workers and tasks, each where it is known. */
export function amountsOf(cluster: Cluster, trans: TranslationBundle): string[] {
  return [workersText(cluster, trans), tasksText(cluster, trans)].filter(text => text !== '');
}

/** Per cent of the memory that is used; null where it is not known. */
export function memoryShareOf({ memory, memory_limit }: Cluster): number | null {
  return memory === null || !memory_limit
    ? null
    : Math.max(0, Math.min(100, Math.round((100 * memory) / memory_limit)));
}

/** The cell by which a notebook uses a cluster that runs; names hold nothing that a string would have to escape. */
export function connectCell({ name }: Cluster): string {
  return [
    'import vre_dm as dm',
    '',
    `cluster = dm.cluster(name=${JSON.stringify(name)})`,
    '# dm.dataset("scope:name").map(function, on=cluster)'
  ].join('\n');
}
