/** The routes of the server as typed calls; each can be given up by its signal, and fails with a `LakeError`. */

import type { ServerEvent } from './lines';
import { LakeError } from './error';
import { Requests } from './request';
import type { Query } from './request';
import { followEvents, readRows } from './stream';
import type * as T from './types';

type Rows<R> = (rows: R[]) => void;

/** What lies below a scope or a DID. */
export type Parent = { did: string } | { scope: string };

/** A question to the catalogue; each condition of `where` reads like `year>=2017`. */
export type SearchQuery = { pattern?: string; scope?: string; kind?: string; where?: readonly string[] };

/** Which of its files; `refresh` has the lake asked for a list that the server keeps. */
export type FileQuery = { start: number; count: number; pattern?: string; refresh?: 1 };

/** The REST client. Others reach it as `IDataLake.api`. */
export class LakeApi {
  constructor(readonly requests: Requests) {}

  lakes = (signal?: AbortSignal) => this.get<T.Lakes>('lakes', {}, signal);
  /** Open a lake anew, with what is configured now; the embedded one is started. */
  openLake = (name: string, signal?: AbortSignal) => this.say<T.LakeOpened>('POST', 'lakes', { name }, signal);
  login = (signal?: AbortSignal) => this.get<T.Login>('login', {}, signal);
  scopes = (pattern?: string, signal?: AbortSignal) => this.get<T.Scopes>('scopes', { pattern }, signal);
  keys = (scope?: string, signal?: AbortSignal) => this.get<{ keys: T.MetadataKey[] }>('keys', { scope }, signal);
  dataset = (did: string, signal?: AbortSignal) => this.get<T.Dataset>('dataset', { did }, signal);
  replicas = (did: string, signal?: AbortSignal, more: Query = {}) =>
    this.get<T.Replicas>('replicas', { did, ...more }, signal);
  rses = (signal?: AbortSignal) => this.get<T.Rses>('rses', {}, signal);

  /** One level below a scope or a DID, as it comes. */
  children = (parent: Parent, take: Rows<T.Entry>, signal?: AbortSignal, more: Query = {}) =>
    this.rows('children', { ...parent, ...more }, take, signal);

  /** Hits of a search, as they come; never cut. */
  search = (query: SearchQuery, take: Rows<T.Entry>, signal?: AbortSignal) => this.rows('search', query, take, signal);

  /** A page of the sorted files of a dataset. */
  files = (did: string, page: FileQuery, signal?: AbortSignal) =>
    this.get<T.FilePage>('files', { did, ...page }, signal);

  /** What a fetch would do. */
  forecast = (did: string, query: { files?: string; target?: string; cache?: string } = {}, signal?: AbortSignal) =>
    this.get<T.Forecast>('forecast', { did, ...query }, signal);

  jobs = (signal?: AbortSignal) => this.get<{ jobs: T.Job[] }>('jobs', {}, signal);
  job = (name: string, signal?: AbortSignal) => this.get<T.Job>(`jobs/${segment(name)}`, {}, signal);
  startFetch = (order: T.FetchOrder, signal?: AbortSignal) => this.say<T.Job>('POST', 'jobs', order, signal);
  deleteJob = (name: string) => this.say<null>('DELETE', `jobs/${segment(name)}`);

  /** Cancel, pause or continue a job. */
  steerJob = (name: string, action: 'cancel' | 'pause' | 'continue') =>
    this.say<T.Job>('POST', `jobs/${segment(name)}/${action}`, {});

  rules = (did?: string, signal?: AbortSignal) => this.get<{ rules: T.Rule[] }>('rules', { did }, signal);
  rule = (id: string) => this.get<T.Rule>(`rules/${segment(id)}`, {});
  makeRule = (order: T.RuleOrder) => this.say<T.Rule>('POST', 'rules', order);
  changeRule = (id: string, edit: T.RuleEdit) => this.say<T.Rule>('PATCH', `rules/${segment(id)}`, edit);
  deleteRule = (id: string) => this.say<null>('DELETE', `rules/${segment(id)}`);

  clusters = (signal?: AbortSignal) => this.get<T.Clusters>('clusters', {}, signal);
  clusterOffers = () => this.get<T.ClusterOffers>('cluster-offers', {});
  startCluster = (order: T.ClusterOrder) => this.say<{ name: string | null; up: boolean }>('POST', 'clusters', order);
  scaleCluster = (name: string, workers: T.Workers) =>
    this.say<{ remark: string }>('PATCH', `clusters/${segment(name)}`, { workers });
  stopCluster = (name: string) => this.say<null>('DELETE', `clusters/${segment(name)}`);
  /** Where the browser finds the dashboard of a cluster, for who is logged in here. */
  dashboardUrl = (name: string) => this.requests.url(`clusters/${segment(name)}/dashboard/status`, { lake: null });

  publishSchema = (signal?: AbortSignal) => this.get<T.PublishSchema>('publish/schema', {}, signal);
  planPublish = (order: T.PublishOrder, signal?: AbortSignal) =>
    this.say<T.PublishPlan>('POST', 'publish', { ...order, dry_run: true }, signal);
  publish = (order: T.PublishOrder) => this.say<T.Job>('POST', 'publish', { ...order, dry_run: false });

  curves = (folder?: string, signal?: AbortSignal) => this.get<T.Curves>('limits/curves', { folder }, signal);
  overlay = (curves: readonly string[], paths: readonly string[], signal?: AbortSignal) =>
    this.say<T.OverlayAnswer>('POST', 'limits/overlay', { curves, paths }, signal);

  /** Follow a stream of events (`events` or `jobs/NAME/events`) until the signal says enough. */
  follow(
    path: string,
    take: (event: ServerEvent) => void,
    signal: AbortSignal,
    standing: (up: boolean) => void = () => undefined
  ): Promise<void> {
    const open = (lastId: string | null, signal: AbortSignal) => {
      const headers = { Accept: 'text/event-stream', ...(lastId === null ? {} : { 'Last-Event-ID': lastId }) };
      return this.requests.raw(path, { headers, signal });
    };
    return followEvents({ open, take, standing, signal, trans: this.requests.trans });
  }

  private get<R>(path: string, query: Query, signal?: AbortSignal): Promise<R> {
    return this.requests.json<R>(path, { query, signal });
  }

  private say<R>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<R> {
    return this.requests.json<R>(path, { method, body, signal });
  }

  private async rows<R>(path: string, query: Query, take: Rows<R>, signal?: AbortSignal): Promise<T.StreamEnd> {
    const response = await this.requests.send(path, { query, signal });
    try {
      return await readRows(response, take, this.requests.trans);
    } catch (error) {
      throw error instanceof LakeError ? this.requests.noted(error, query) : error;
    }
  }
}

function segment(name: string): string {
  return encodeURIComponent(name);
}
