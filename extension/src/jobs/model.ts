/** The jobs of this user, as the server's list and its events tell them. */

import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { LiveList } from '../api/live-list';
import type { Job, JobAction } from '../api/types';
import type { ILakeEvents, ILakeJobs } from '../tokens';

/** Rows of the panel; `dm.jobs()` has all. */
export const SHOWN = 50;

/** What the model asks of the server. */
export interface JobsApi {
  jobs(signal?: AbortSignal): Promise<{ jobs: Job[] }>;
  job(name: string, signal?: AbortSignal): Promise<Job>;
  steerJob(name: string, action: 'cancel' | 'pause' | 'continue'): Promise<Job>;
  deleteJob(name: string): Promise<null>;
}

/** Follows the events; asks for the list only when the stream stands anew. */
export class JobsModel extends LiveList<Job> implements ILakeJobs {
  /** DIDs whose fetches were asked for and are no jobs yet. */
  beginnings: readonly string[] = [];

  constructor(
    private api: JobsApi,
    events: Pick<ILakeEvents, 'job' | 'jobGone' | 'connected'>
  ) {
    super();
    events.job.connect((_, job) => this.put(job));
    events.jobGone.connect((_, name) => this.drop(name));
    events.connected.connect(() => void this.reload());
  }

  /** A job that was seen running came to its end. */
  get ended(): ISignal<this, Job> {
    return this._ended;
  }

  /** The user began something, which is to be seen. */
  get begun(): ISignal<this, Pick<Job, 'kind' | 'what'>> {
    return this._begun;
  }

  /** Those that run first, then the newest. */
  get jobs(): readonly Job[] {
    return [...this.items].sort(inOrder);
  }

  /** Of a week there may be many: the first of them, in that order. */
  get shown(): readonly Job[] {
    return this.jobs.slice(0, SHOWN);
  }

  show(job: Job): void {
    this.put(job);
    this._begun.emit(job);
  }

  /** Begin a fetch, of which something is seen at once; null where it was not to be. */
  async begin(did: string, work: () => Promise<Job | null>): Promise<void> {
    this.beginnings = [...this.beginnings, did];
    this._begun.emit({ kind: 'fetch', what: did });
    this.tell();
    try {
      const job = await work();
      if (job) {
        this.put(job);
      }
    } finally {
      const at = this.beginnings.indexOf(did);
      this.beginnings = this.beginnings.filter((_, index) => index !== at);
      this.tell();
    }
  }

  /** Take a job as it is now; what only the whole job tells stays with it. */
  override put(job: Job): void {
    const was = this.known.get(job.job);
    if (was && isOver(was) && job.state === 'running') {
      return; // an event that was under way when the end was known already
    }
    const whole = was?.state === job.state ? { paths: was.paths, report: was.report, kept: was.kept } : {};
    super.put({ ...whole, ...job });
  }

  /** Do with a job what its `can` allows; a refusal stands at the job. */
  steer(name: string, action: JobAction): Promise<void> {
    return this.attempt(name, async () => {
      if (action === 'delete') {
        await this.api.deleteJob(name);
        this.drop(name);
        return;
      }
      const job = await this.api.steerJob(name, action);
      if (job.job !== name) {
        this.drop(name); // what is continued is a job of another name
      }
      this.put(job);
    });
  }

  /** The whole of a job that is over: its paths, what failed, and what waits to be continued. */
  async complete(name: string): Promise<Job | null> {
    if (!this.known.get(name)?.paths) {
      await this.attempt(name, async () => this.put(await this.api.job(name)));
    }
    return this.known.get(name) ?? null;
  }

  protected async list(signal: AbortSignal): Promise<readonly Job[]> {
    return (await this.api.jobs(signal)).jobs;
  }

  protected nameOf(job: Job): string {
    return job.job;
  }

  protected override arrived(was: Job | undefined, job: Job): void {
    if (was?.state === 'running' && job.state !== 'running') {
      this._ended.emit(job);
    }
  }

  private _begun = new Signal<this, Pick<Job, 'kind' | 'what'>>(this);
  private _ended = new Signal<this, Job>(this);
}

/** A job of another host that fell silent may still come back. */
function isOver(job: Job): boolean {
  return job.state !== 'running' && job.state !== 'died';
}

/** What runs or is to go on, then the newest. */
function inOrder(a: Job, b: Job): number {
  const first = rank(a) - rank(b);
  return first || Date.parse(b.since) - Date.parse(a.since) || (a.job < b.job ? -1 : 1);
}

function rank(job: Job): number {
  return job.state === 'running' ? 0 : job.paused ? 1 : 2;
}
