/** The documents of the REST routes; unknown is null. Sizes in bytes, durations in seconds, times ISO-8601 in UTC. */

import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

export type Kind = 'container' | 'dataset' | 'file';

/** A DID as trees and lists show it. */
export interface Entry {
  did: string;
  scope: string;
  name: string;
  kind: Kind;
  size: number | null;
  length: number | null;
  /** What its metadata say; only the first hits of a search tell. */
  title?: string | null;
  experiment?: string | null;
  year?: string | null;
}

/** The last line of a stream: how many rows it had, and the names that could not be shown safely. */
export interface StreamEnd {
  total: number;
  left_out: string[];
}

export interface LakeInfo {
  name: string;
  url: string | null;
  embedded: boolean;
  source: string;
}

export interface Lakes {
  lakes: LakeInfo[];
  chosen: string | null;
  problem: string | null;
}

export interface LakeOpened {
  name: string;
  state: 'open' | 'starting';
  message: string;
}

export interface Login {
  lake: string;
  account: string | null;
  auth: string;
  source: string;
  expires: string | null;
  seconds_left: number | null;
  problem: string | null;
  next_step: string | null;
}

export interface Scopes {
  scopes: string[];
  left_out: string[];
  mine: string[];
}

export type ValueKind = 'number' | 'text' | 'date' | 'boolean';

export interface MetadataKey {
  key: string;
  kinds: ValueKind[];
  example: unknown;
  unit?: string | null;
}

export interface MetadataItem {
  key: string;
  value: unknown;
  kind: string;
  unit: string | null;
}

export interface Dataset {
  did: string;
  kind: Kind;
  size: number | null;
  length: number | null;
  open: boolean | null;
  metadata: MetadataItem[];
  citation: { line: string; bibtex: string };
  embargo: string | null;
  parents: Entry[];
}

export interface FileRow {
  name: string;
  did: string;
  size: number | null;
  adler32: string | null;
  md5: string | null;
}

export interface FilePage {
  total: number;
  size: number | null;
  rows: FileRow[];
}

export interface ReplicaRow {
  rse: string;
  scheme: string;
  files: number;
  size: number | null;
  unreadable: Record<string, number>;
}

export interface Replicas {
  total: number;
  rows: ReplicaRow[];
  complete: string[];
}

export type FetchMode = 'folder' | 'cache' | 'replica';

export interface FetchPlace {
  target: string;
  label: string;
  mode: FetchMode;
}

export interface Forecast {
  did: string;
  files: number;
  bytes: number | null;
  present: number;
  folder: string | null;
  places: FetchPlace[];
  free: number | null;
  embargo: string | null;
  remarks: string[];
  choice: boolean;
}

export type JobState = 'running' | 'finished' | 'failed' | 'cancelled' | 'died';

export type JobAction = 'cancel' | 'pause' | 'continue' | 'delete';

export interface Job {
  job: string;
  kind: string;
  what: string;
  to: string;
  lake: string;
  state: JobState;
  bytes_done: number;
  bytes_total: number | null;
  files_done: number;
  files_total: number | null;
  /** Points that a scan has done, and all of them; null where files are counted. */
  points: [number, number] | null;
  rate: number | null;
  remaining: number | null;
  since: string;
  pid: number;
  host: string;
  remark: string;
  /** Why a running job asks again; empty where it does not. */
  retry: string;
  paused: boolean;
  can: JobAction[];
  /** Where the files that are whole are; only GET jobs/NAME tells. */
  paths?: string[];
  /** Why files could not be had; only GET jobs/NAME tells. */
  report?: Failure[];
  /** Bytes of unfinished files on this disk, which wait to be continued; only GET jobs/NAME tells, null if unknown. */
  kept?: number | null;
}

/** Files that a replica did not give, why, and what can be done. */
export interface Failure {
  file: string;
  replica: string;
  cause: string;
  who: string;
  step: string;
}

export interface FetchOrder {
  kind: 'fetch';
  did: string;
  target: string | null;
  files: string | null;
  rse: string | null;
  mode: FetchMode | null;
  /** Folder of the cache; absent: as the server is configured. */
  cache?: string;
  /** Streams at once; absent: as the server is configured. */
  concurrency?: number;
}

export type RuleAction = 'extend' | 'boost' | 'move' | 'delete' | 'approve';

export interface Rule {
  id: string;
  did: string;
  rse: string;
  account: string;
  state: string;
  arrived: number;
  total: number;
  expires: string | null;
  sentence: string;
  why: string | null;
  who: string | null;
  next: string | null;
  seconds: number | null;
  mine: boolean;
  can: RuleAction[];
}

/** A rule whose state changed, with the state it had before. */
export interface RuleChange extends Rule {
  was: string | null;
}

export interface RuleOrder {
  did: string;
  rse: string;
  days: number | null;
  copies: number;
  comment: string | null;
}

export type RuleEdit = { days: number } | { boost: true } | { rse: string } | { approve: true };

export interface Rse {
  name: string;
  writable: boolean;
  [property: string]: unknown;
}

export interface Rses {
  rses: Rse[];
  /** Days that a rule is kept where none are said; null for ever. */
  days: number | null;
}

export interface PublishSchema {
  schema: Record<string, unknown>;
  scopes: string[];
  /** Where a new dataset is kept if nothing is said; null if that must be said. */
  rse: string | null;
}

export interface PublishOrder {
  files: string[];
  did: string;
  rse: string | null;
  days: number | null;
  metadata: Record<string, unknown>;
  prefix: string | null;
  comment: string | null;
  /** Whether the dataset must not be there yet; only the dry run looks. */
  new: boolean;
}

export interface PublishStep {
  name: string;
  size: number;
  what: string;
  path: string;
}

export interface PublishPlan {
  steps: PublishStep[];
  new: boolean;
  rse: string;
  until: string | null;
  notes: string[];
}

export interface CurveRow {
  id: string;
  label: string;
  experiment: string | null;
  year: number | null;
  technique: string;
  quantity: string;
  /** The quantity as an axis names it. */
  symbol: string;
  kind: string;
  channel: string | null;
  complete: [number, number];
  unknown: string[];
}

export interface Curves {
  curves: CurveRow[];
  problems: { file: string; message: string }[];
}

/** The MIME payload of an overlay, the Python that makes the same, and what to cite. */
export interface OverlayAnswer {
  payload: ReadonlyPartialJSONObject;
  cell: string;
  bibtex: string;
}

/** Whether the lake answers, and if not, since when. */
export interface Reach {
  lake: string;
  reachable: boolean;
  since: string | null;
  message: string | null;
}

export interface Cluster {
  name: string;
  kind: 'local' | 'gateway';
  /** Silent: its scheduler does not answer. */
  state: 'starting' | 'running' | 'stopping' | 'silent';
  workers: number;
  /** Fewest and most workers; null where the gateway does not tell. */
  minimum: number | null;
  most: number | null;
  /** Bytes that all workers use, and have. */
  memory: number | null;
  memory_limit: number | null;
  /** Tasks. */
  running: number | null;
  waiting: number | null;
  dashboard: boolean;
}

export interface Clusters {
  clusters: Cluster[];
  notes: string[];
}

/** Fewest and most workers. */
export type Workers = [number, number];

export interface ClusterOrder {
  kind: Cluster['kind'];
  /** Null for what is usual. */
  workers: Workers | null;
  /** Of each worker, as `2 GB`. */
  memory: string | null;
  /** Seconds without work after which a local one ends. */
  idle: number | null;
  options: Record<string, string | number | boolean | null>;
}

/** An option that a gateway lets its users choose. */
export interface ClusterOption {
  field: string;
  label: string;
  default: string | number | boolean | null;
  spec: { type: string; min?: number | null; max?: number | null; options?: unknown[] };
}

export interface ClusterOffers {
  cores: number;
  memory: number;
  /** Its address, null where there is none. */
  gateway: string | null;
  options: ClusterOption[];
  problem: string | null;
}
