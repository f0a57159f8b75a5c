/** One request to our routes: Jupyter's own login and XSRF token, JSON there and back, the chosen lake in the query. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { LakeError, errorOf, isAbort } from './error';

export type Query = Record<string, string | number | boolean | readonly string[] | null | undefined>;

/** What a request may say besides its path. */
export interface RequestOptions {
  method?: string;
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Sends requests; knows nothing of what they mean. */
export class Requests {
  /** A DID that was asked for and is not, or no longer, in the lake. */
  readonly gone = new Signal<this, string>(this);
  /** The lake that is asked, null where the server chooses. */
  lake: string | null = null;

  constructor(
    private settings: ServerConnection.ISettings,
    readonly trans: TranslationBundle
  ) {}

  /** The JSON that a route answers with; null for an empty answer. */
  async json<T>(path: string, options: RequestOptions = {}): Promise<T> {
    const response = await this.send(path, options);
    return (response.status === 204 ? null : await response.json()) as T;
  }

  /** The answer of a route, once it is known to be a good one. */
  async send(path: string, options: RequestOptions = {}): Promise<Response> {
    const response = await this.raw(path, options);
    if (!response.ok) {
      throw this.noted(await errorOf(response, this.trans), options.query);
    }
    return response;
  }

  /** The answer of a route, good or bad. */
  async raw(path: string, options: RequestOptions): Promise<Response> {
    const { method = 'GET', body, headers, signal } = options;
    const url = this.url(path, options.query);
    const init: RequestInit = { method, signal, headers, body: body === undefined ? undefined : JSON.stringify(body) };
    try {
      return await ServerConnection.makeRequest(url, init, this.settings);
    } catch (error) {
      if (isAbort(error)) {
        throw error;
      }
      throw new LakeError('NoAnswer', this.trans.__('The Jupyter server does not answer. Is it still running?'));
    }
  }

  /** The address of a route at the chosen lake. */
  url(path: string, query: Query = {}): string {
    return URLExt.join(this.settings.baseUrl, 'vre-dm/api', path) + queryText({ lake: this.lake, ...query });
  }

  /** The same error, after whoever shows its DID has been told. */
  noted(error: LakeError, query: Query = {}): LakeError {
    if (error.kind === 'NotInLake' && typeof query.did === 'string') {
      this.gone.emit(query.did);
    }
    return error;
  }
}

/** A query string: names may hold anything; what is null or undefined is not said. */
export function queryText(query: Query): string {
  const said = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined) {
        said.append(key, String(one));
      }
    }
  }
  const text = said.toString();
  return text && `?${text}`;
}
