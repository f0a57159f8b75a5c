/** The jobs of this user, as the server's list and its events tell them, in whatever order they arrive. */

import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { asLakeError, isAbort } from '../api/error';
import type { LakeError } from '../api/error';
import type { Job, JobAction } from '../api/types';
import type { ILakeEvents } from '../tokens';

/** What the model asks of the server. */
export interface JobsApi {
  jobs(signal?: AbortSignal): Promise<{ jobs: Job[] }>;
  job(name: string, signal?: AbortSignal): Promise<Job>;
  steerJob(name: string, action: 'cancel' | 'pause' | 'continue'): Promise<Job>;
  deleteJob(name: string): Promise<null>;
}

/** Follows the events; asks for the list only when the stream stands anew. */
export class JobsModel implements IDisposable {
  isDisposed = false;
  /** Whether the list was there once. */
  isKnown = false;
  /** Why there is no list. */
  problem: LakeError | null = null;
  /** What was refused, by the job's name. */
  readonly refused = new Map<string, LakeError>();

  constructor(
    private api: JobsApi,
    events: Pick<ILakeEvents, 'job' | 'jobGone' | 'connected'>
  ) {
    events.job.connect(this.onJob, this);
    events.jobGone.connect(this.onGone, this);
    events.connected.connect(this.reload, this);
  }

  /** Something that is shown changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** A job that was seen running came to its end. */
  get ended(): ISignal<this, Job> {
    return this._ended;
  }

  /** Those that run first, then the newest. */
  get jobs(): readonly Job[] {
    return [...this.known.values()].sort(inOrder);
  }

  dispose(): void {
    this.isDisposed = true;
    this.asked?.abort();
    Signal.clearData(this);
  }

  /** Ask for all jobs; what events tell meanwhile is newer than the answer. */
  async reload(): Promise<void> {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    this.told = new Set();
    try {
      const { jobs } = await this.api.jobs(asked.signal);
      this.replace(jobs);
      this.problem = null;
    } catch (error) {
      if (isAbort(error)) {
        return;
      }
      this.problem = asLakeError(error);
    }
    this._changed.emit();
  }

  /** Take a job as it is now. */
  put(job: Job): void {
    this.told.add(job.job);
    const was = this.known.get(job.job);
    if (was && isOver(was) && job.state === 'running') {
      return; // an event that was under way when the end was known already
    }
    this.known.set(job.job, { ...job, paths: job.paths ?? was?.paths, report: job.report ?? was?.report });
    this.compare(was, job);
    this._changed.emit();
  }

  /** Do with a job what its `can` allows; a refusal stands at the job. */
  async steer(name: string, action: JobAction): Promise<void> {
    this.refused.delete(name);
    try {
      if (action === 'delete') {
        await this.api.deleteJob(name);
        this.drop(name);
      } else {
        this.replaced(name, await this.api.steerJob(name, action));
      }
    } catch (error) {
      this.refused.set(name, asLakeError(error));
    }
    this._changed.emit();
  }

  /** The whole of a job that is over: its paths, and the report of what failed. */
  async complete(name: string): Promise<Job | null> {
    const known = this.known.get(name);
    if (known?.report && known.paths) {
      return known;
    }
    try {
      this.put(await this.api.job(name));
    } catch (error) {
      this.refused.set(name, asLakeError(error));
      this._changed.emit();
    }
    return this.known.get(name) ?? null;
  }

  private onJob(_: unknown, job: Job): void {
    this.put(job);
  }

  private onGone(_: unknown, name: string): void {
    this.drop(name);
    this._changed.emit();
  }

  private drop(name: string): void {
    this.told.add(name);
    this.known.delete(name);
    this.refused.delete(name);
  }

  /** What is continued is a job of another name. */
  private replaced(name: string, job: Job): void {
    if (job.job !== name) {
      this.drop(name);
    }
    this.put(job);
  }

  private replace(jobs: readonly Job[]): void {
    const before = this.known;
    const newer = [...before].filter(([name]) => this.told.has(name));
    const asked = jobs.filter(job => !this.told.has(job.job)).map(job => [job.job, job] as const);
    this.known = new Map([...asked, ...newer]);
    this.isKnown = true;
    asked.forEach(([name, job]) => this.compare(before.get(name), job));
  }

  private compare(was: Job | undefined, job: Job): void {
    if (was?.state === 'running' && job.state !== 'running') {
      this._ended.emit(job);
    }
  }

  private known = new Map<string, Job>();
  private told = new Set<string>(); // names that events or answers told of since the list was asked for
  private asked: AbortController | null = null;
  private _changed = new Signal<this, void>(this);
  private _ended = new Signal<this, Job>(this);
}

/** A job of another host that fell silent may still come back. */
function isOver(job: Job): boolean {
  return job.state !== 'running' && job.state !== 'died';
}

function inOrder(a: Job, b: Job): number {
  const running = Number(b.state === 'running') - Number(a.state === 'running');
  return running || Date.parse(b.since) - Date.parse(a.since) || (a.job < b.job ? -1 : 1);
}
