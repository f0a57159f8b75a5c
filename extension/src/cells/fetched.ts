/** Where the files of a DID are, if the user fetched all of them into a folder of their own. */

import type { IDataLake } from '../tokens';

/** Paths of the last fetch that is whole; none where a fetch in the cell finds the files at once, in the cache. */
export async function fetchedPaths({ api, lake }: IDataLake, did: string): Promise<readonly string[]> {
  const { jobs } = await api.jobs();
  const job = jobs.find(
    one => one.kind === 'fetch' && one.what === did && one.lake === lake && one.state === 'finished'
  );
  if (!job) {
    return [];
  }
  const [{ folder, files }, { paths = [] }] = await Promise.all([api.forecast(did), api.job(job.job)]);
  return job.to === folder || paths.length !== files ? [] : paths;
}
