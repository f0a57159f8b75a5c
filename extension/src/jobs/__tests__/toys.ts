/** A job, and the signals of the event stream, for the tests beside this file. */

import { Signal } from '@lumino/signaling';
import type { Job } from '../../api/types';

export function toyJob(changes: Partial<Job> = {}): Job {
  return {
    job: 'aaaa0000',
    kind: 'fetch',
    what: 'xenon:s2only',
    to: '/home/me/xenon',
    lake: 'embedded',
    state: 'running',
    bytes_done: 250,
    bytes_total: 1000,
    files_done: 1,
    files_total: 4,
    points: null,
    rate: 100,
    remaining: 8,
    since: '2026-01-31T12:00:00Z',
    pid: 1,
    host: 'here',
    remark: '',
    retry: '',
    paused: false,
    can: ['cancel', 'pause'],
    ...changes
  };
}

/** The three signals that the model listens to. */
export class ToyEvents {
  readonly job = new Signal<never, Job>(this as never);
  readonly jobGone = new Signal<never, string>(this as never);
  readonly connected = new Signal<never, void>(this as never);
}
