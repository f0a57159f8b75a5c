import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LakeError } from '../../api/error';
import type { Job } from '../../api/types';
import { JobsModel, SHOWN } from '../model';
import { ToyEvents, toyJob } from './toys';

/** Answers with what the test gives, when it gives it. */
class Answers {
  asked: ((jobs: Job[]) => void)[] = [];
  steered: Job | LakeError = toyJob();
  jobs = () => new Promise<{ jobs: Job[] }>(resolve => this.asked.push(jobs => resolve({ jobs })));
  job = async (name: string) => toyJob({ job: name, state: 'failed', paths: [], report: [] });
  deleteJob = async () => null;
  steerJob = async () => {
    if (this.steered instanceof LakeError) {
      throw this.steered;
    }
    return this.steered;
  };
}

function made() {
  const events = new ToyEvents();
  const answers = new Answers();
  const model = new JobsModel(answers, events);
  const ended: string[] = [];
  model.ended.connect((_, job) => ended.push(`${job.job} ${job.state}`));
  return { events, answers, model, ended, names: () => model.jobs.map(job => job.job) };
}

test('those that run come first, then the paused ones, then the newest', () => {
  const { events, names } = made();
  const since = '2026-01-02T12:00:00Z';
  events.job.emit(toyJob({ job: 'paused', state: 'cancelled', paused: true, since }));
  events.job.emit(toyJob({ job: 'old', state: 'finished', since: '2026-01-30T12:00:00Z' }));
  events.job.emit(toyJob({ job: 'new', state: 'failed', since: '2026-01-31T12:00:00Z' }));
  events.job.emit(toyJob({ job: 'runs', since: '2026-01-01T12:00:00Z' }));
  assert.deepEqual(names(), ['runs', 'paused', 'new', 'old']);
});

test('of many jobs the newest are shown, and those that run whatever their age', () => {
  const { events, model } = made();
  events.job.emit(toyJob({ job: 'runs', since: '2026-01-01T12:00:00Z' }));
  for (let at = 0; at < SHOWN; at++) {
    events.job.emit(toyJob({ job: `over-${at}`, state: 'finished', since: `2026-01-02T12:00:${10 + at}Z` }));
  }
  const shown = model.shown.map(job => job.job);
  assert.equal(shown.length, SHOWN);
  assert.deepEqual([shown[0], shown[1], shown[SHOWN - 1]], ['runs', `over-${SHOWN - 1}`, 'over-1']);
  assert.equal(model.jobs.length, SHOWN + 1);
});

test('what an event tells while the list is under way is newer than the list', async () => {
  const { events, answers, model, names } = made();
  const reload = model.reload();
  events.job.emit(toyJob({ job: 'a', bytes_done: 900 }));
  events.jobGone.emit('gone');
  answers.asked[0]([toyJob({ job: 'a', bytes_done: 100 }), toyJob({ job: 'b' }), toyJob({ job: 'gone' })]);
  await reload;
  assert.deepEqual(names(), ['a', 'b']);
  assert.equal(model.jobs[0].bytes_done, 900);
});

test('a job that went away while the stream was broken leaves the list when it stands again', async () => {
  const { events, answers, model, names } = made();
  events.job.emit(toyJob({ job: 'a' }));
  events.job.emit(toyJob({ job: 'b' }));
  events.connected.emit();
  answers.asked[0]([toyJob({ job: 'b' })]);
  await new Promise(setImmediate);
  assert.deepEqual(names(), ['b']);
  assert.ok(model.isKnown);
});

test('an end that came while the stream was broken is told once', async () => {
  const { events, answers, model, ended } = made();
  events.job.emit(toyJob({ job: 'a' }));
  const reload = model.reload();
  answers.asked[0]([toyJob({ job: 'a', state: 'finished' })]);
  await reload;
  events.job.emit(toyJob({ job: 'a', state: 'finished' }));
  assert.deepEqual(ended, ['a finished']);
});

test('an event that arrives after the end does not bring the job back to life', () => {
  const { events, model, ended } = made();
  events.job.emit(toyJob({ job: 'a' }));
  events.job.emit(toyJob({ job: 'a', state: 'cancelled' }));
  events.job.emit(toyJob({ job: 'a', bytes_done: 1 }));
  assert.equal(model.jobs[0].state, 'cancelled');
  assert.deepEqual(ended, ['a cancelled']);
});

test('a job of another host that fell silent may come back', () => {
  const { events, answers, model } = made();
  answers.job = async job => toyJob({ job, state: 'died', paths: [], report: [] });
  events.job.emit(toyJob({ job: 'a', state: 'died' }));
  events.job.emit(toyJob({ job: 'a' }));
  assert.equal(model.jobs[0].state, 'running');
});

test('of two questions only the later answer counts', async () => {
  const { answers, model, names } = made();
  const first = model.reload();
  const second = model.reload();
  answers.asked[1]([toyJob({ job: 'new' })]);
  await second;
  assert.deepEqual(names(), ['new']);
  void first;
});

test('a job that is continued goes on under its new name', async () => {
  const { events, answers, model, names } = made();
  events.job.emit(toyJob({ job: 'a', state: 'cancelled', paused: true }));
  answers.steered = toyJob({ job: 'b' });
  await model.steer('a', 'continue');
  events.jobGone.emit('a');
  assert.deepEqual(names(), ['b']);
});

test('a refusal stands at its job until the next try', async () => {
  const { events, answers, model } = made();
  events.job.emit(toyJob({ job: 'a' }));
  answers.steered = new LakeError('NotWritable', 'the disk is full');
  await model.steer('a', 'cancel');
  assert.equal(model.refused.get('a')?.message, 'the disk is full');
  answers.steered = toyJob({ job: 'a', state: 'cancelled' });
  await model.steer('a', 'cancel');
  assert.equal(model.refused.size, 0);
});

test('what was asked of a finished job stays with it when the next event comes without', async () => {
  const { events, model } = made();
  events.job.emit(toyJob({ job: 'a', state: 'failed' }));
  await model.complete('a');
  events.job.emit(toyJob({ job: 'a', state: 'failed' }));
  assert.deepEqual([model.jobs[0].paths, model.jobs[0].report], [[], []]);
});

test('what was begun is seen before there is a job, and no more when it was refused', async () => {
  const { model, names } = made();
  const begun: string[] = [];
  model.begun.connect((_, { what }) => begun.push(what));
  let settle: (job: Job | null) => void = () => undefined;
  const first = model.begin('a:b', () => new Promise(resolve => (settle = resolve)));
  const second = model.begin('a:b', async () => null);
  assert.deepEqual(
    [begun, model.beginnings],
    [
      ['a:b', 'a:b'],
      ['a:b', 'a:b']
    ]
  );
  await second;
  assert.deepEqual(model.beginnings, ['a:b']);
  settle(toyJob({ job: 'new' }));
  await first;
  assert.deepEqual([names(), model.beginnings], [['new'], []]);
});

test('what the whole job told is forgotten when it goes on', async () => {
  const { events, answers, model } = made();
  answers.job = async job => toyJob({ job, state: 'died', paths: [], report: [] });
  events.job.emit(toyJob({ job: 'a', state: 'died' }));
  await model.complete('a');
  events.job.emit(toyJob({ job: 'a' }));
  assert.deepEqual([model.jobs[0].state, model.jobs[0].paths], ['running', undefined]);
});
