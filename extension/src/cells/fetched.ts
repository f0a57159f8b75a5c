/** Where the files of a DID are, if the user fetched all of them into a folder of their own. */

import type { IDataLake } from '../tokens';

/** What is here: the paths, and the folder of the user that has them; null for the cache. */
export interface Fetched {
  paths: readonly string[];
  folder: string | null;
}

const NOTHING: Fetched = { paths: [], folder: null };

/** The last fetch that is whole; nothing where a fetch in the cell finds the files at once, in the cache. */
export async function fetched({ api, lake }: IDataLake, did: string): Promise<Fetched> {
  const { jobs } = await api.jobs();
  const job = jobs.find(
    one => one.kind === 'fetch' && one.what === did && one.lake === lake && one.state === 'finished'
  );
  if (!job) {
    return NOTHING;
  }
  const [{ folder, files }, { paths = [] }] = await Promise.all([api.forecast(did), api.job(job.job)]);
  if (job.to === folder || paths.length !== files) {
    return NOTHING;
  }
  // Files that are read in place lie below no folder of the user.
  return { paths, folder: paths.every(path => path.startsWith(`${job.to}/`)) ? job.to : null };
}

/** Whether these are the one file that the DID is: its path ends as its name does. */
export function isOneFile(did: string, paths: readonly string[]): boolean {
  return paths.length === 1 && paths[0].endsWith(`/${did.slice(did.indexOf(':') + 1)}`);
}
