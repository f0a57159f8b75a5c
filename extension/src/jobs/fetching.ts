/** From the wish to fetch a DID to its job: the user is asked only where there is something to choose. */

import { asLakeError } from '../api/error';
import type { LakeError } from '../api/error';
import type { FetchOrder, Forecast, Job } from '../api/types';
import type { IFetchChoice } from '../tokens';

/** What a fetch asks of the server. */
export interface FetchApi {
  forecast(did: string, query?: { files?: string; target?: string }, signal?: AbortSignal): Promise<Forecast>;
  startFetch(order: FetchOrder): Promise<Job>;
}

/** Shows the choice, and what was refused of it already; null if the user thought better of it. */
export type AskUser = (forecast: Forecast, order: FetchOrder, refused: LakeError | null) => Promise<Job | null>;

/** Begin a fetch; `ask` asks in any case. A refusal is shown where it can be mended; what cannot be foreseen at all is an error. */
export async function fetchDid(
  api: FetchApi,
  did: string,
  choice: IFetchChoice & { ask?: boolean },
  ask: AskUser
): Promise<Job | null> {
  const { target = null, files = null, rse = null } = choice;
  const mode = target === null ? null : 'folder';
  const order: FetchOrder = { kind: 'fetch', did, target, files, rse, mode };
  const forecast = await api.forecast(did, { files: choice.files, target: choice.target });
  if (choice.ask || (forecast.choice && target === null)) {
    return ask(forecast, order, null);
  }
  try {
    return await api.startFetch(order);
  } catch (error) {
    return ask(forecast, order, asLakeError(error));
  }
}
