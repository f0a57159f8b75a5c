/** From the wish to fetch a DID to its job: the user is asked only where there is something to choose. */

import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { asLakeError } from '../api/error';
import type { LakeError } from '../api/error';
import type { FetchOrder, Forecast, Job } from '../api/types';
import { settingOf } from '../lake/settings';
import type { IFetchChoice } from '../tokens';

/** What a fetch asks of the server. */
export interface FetchApi {
  forecast(
    did: string,
    query?: { files?: string; target?: string; cache?: string },
    signal?: AbortSignal
  ): Promise<Forecast>;
  startFetch(order: FetchOrder): Promise<Job>;
}

/** How the user wants every fetch; empty and 0 leave it to the server. */
export interface FetchSettings {
  folder: string;
  cache: string;
  concurrency: number;
}

/** The settings as they are now. */
export function fetchSettings(registry: ISettingRegistry | null): FetchSettings {
  return {
    folder: settingOf(registry, 'folder', '').trim(),
    cache: settingOf(registry, 'cache', '').trim(),
    concurrency: settingOf(registry, 'concurrency', 0)
  };
}

/** Shows the choice, and what was refused of it already; null if the user thought better of it. */
export type AskUser = (forecast: Forecast, order: FetchOrder, refused: LakeError | null) => Promise<Job | null>;

/** Begin a fetch; `ask` asks in any case. A refusal is shown where it can be mended; what cannot be foreseen at all is an error. */
export async function fetchDid(
  api: FetchApi,
  did: string,
  choice: IFetchChoice & { ask?: boolean },
  settings: FetchSettings,
  ask: AskUser
): Promise<Job | null> {
  const order = orderOf(did, choice, settings);
  const { target, cache } = order;
  const forecast = await api.forecast(did, { files: choice.files, target: target ?? undefined, cache });
  if (choice.ask || (forecast.choice && target === null)) {
    return ask(forecast, order, null);
  }
  try {
    return await api.startFetch(order);
  } catch (error) {
    return ask(forecast, order, asLakeError(error));
  }
}

/** What the caller chose goes before what the settings say. */
function orderOf(did: string, choice: IFetchChoice, { folder, cache, concurrency }: FetchSettings): FetchOrder {
  const { target = folder || null, files = null, rse = null } = choice;
  const mode = target === null ? null : 'folder';
  return {
    kind: 'fetch',
    did,
    target,
    files,
    rse,
    mode,
    ...(cache && { cache }),
    ...(concurrency > 0 && { concurrency })
  };
}
