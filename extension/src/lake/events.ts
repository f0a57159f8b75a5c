/** The one event stream of a page, handed out as signals. */

import { Signal } from '@lumino/signaling';
import type { LakeApi } from '../api/client';
import type { ServerEvent } from '../api/lines';
import { followTogether } from '../api/sharing';
import type { Follow } from '../api/sharing';
import type { Job, Login, Reach, RuleChange } from '../api/types';
import type { ILakeEvents } from '../tokens';

/** Follows the events of the chosen lake. */
export class LakeEvents implements ILakeEvents {
  readonly job = new Signal<this, Job>(this);
  readonly jobGone = new Signal<this, string>(this);
  readonly rule = new Signal<this, RuleChange>(this);
  readonly ruleGone = new Signal<this, string>(this);
  readonly login = new Signal<this, Login>(this);
  readonly reach = new Signal<this, Reach>(this);
  readonly connected = new Signal<this, void>(this);
  /** The stream broke, or could not be opened again. */
  readonly broke = new Signal<this, void>(this);
  standing = false;
  private stop = new AbortController();

  constructor(private api: LakeApi) {}

  /** Follow anew: another lake was chosen. */
  start(): void {
    this.dispose();
    this.stop = new AbortController();
    const { signal } = this.stop;
    const stood = (up: boolean) => {
      this.standing = up;
      (up ? this.connected : this.broke).emit();
    };
    const follow: Follow = (take, signal, standing) => this.api.follow('events', take, signal, standing);
    void followTogether(this.api.requests.url('events'), follow, event => this.take(event), signal, stood);
  }

  dispose(): void {
    this.stop.abort();
    this.standing = false;
  }

  private take({ event, data }: ServerEvent): void {
    const told: unknown = JSON.parse(data);
    if (event === 'job') {
      this.job.emit(told as Job);
    } else if (event === 'job-gone') {
      this.jobGone.emit((told as { job: string }).job);
    } else if (event === 'rule') {
      this.rule.emit(told as RuleChange);
    } else if (event === 'rule-gone') {
      this.ruleGone.emit((told as { id: string }).id);
    } else if (event === 'login') {
      this.login.emit(told as Login);
    } else if (event === 'lake') {
      this.reach.emit(told as Reach);
    }
  }
}
