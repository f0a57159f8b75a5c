import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Signal } from '@lumino/signaling';
import type { IDataLake } from '../../../tokens';
import { LakeError } from '../../../api/error';
import { Details } from '../model';

const settled = () => new Promise(resolve => setImmediate(resolve));

/** Details that somebody looks at, and what the lake tells by itself. */
function looking(api: object, refreshed = new Signal<object, void>({})) {
  const [didGone, rule, ruleGone] = [{}, {}, {}].map(owner => new Signal<object, unknown>(owner));
  const events = { rule, ruleGone, connected: new Signal<object, void>({}) };
  const details = new Details({ api, refreshed, didGone, events } as unknown as IDataLake);
  details.changed.connect(() => details.look());
  return { details, didGone, rule, ruleGone };
}

test('a refresh asks the lake for the files and copies in sight, not the list that the server keeps', async () => {
  const asked: unknown[] = [];
  const refreshed = new Signal<object, void>({});
  const api = {
    dataset: async () => ({}),
    files: async (_: string, { refresh }: { refresh?: 1 }) => {
      asked.push(['files', refresh]);
      return { total: 1, size: 1, rows: [] };
    },
    replicas: async (_: string, __: AbortSignal, { refresh }: { refresh?: 1 }) => asked.push(['replicas', refresh])
  };
  const { details } = looking(api, refreshed);
  details.turn('files');
  details.show('a:x');
  await settled();
  refreshed.emit();
  await settled();
  details.turn('replicas');
  await settled();
  refreshed.emit();
  await settled();
  assert.deepEqual(asked, [
    ['files', undefined],
    ['files', 1],
    ['replicas', undefined],
    ['replicas', 1]
  ]);
});

test('the rules that are shown follow what happens to them', async () => {
  let asked = 0;
  const rules = async () => (asked++, { rules: [{ id: 'r' }] });
  const { details, rule, ruleGone } = looking({ dataset: async () => ({}), rules });
  details.show('a:x');
  rule.emit({ did: 'a:x' });
  await settled();
  assert.equal(asked, 0);
  details.turn('rules');
  await settled();
  rule.emit({ did: 'a:y' });
  ruleGone.emit('of another');
  await settled();
  assert.equal(asked, 1);
  ruleGone.emit('r');
  rule.emit({ did: 'a:x' });
  await settled();
  assert.equal(asked, 3);
});

test('what turns out to be gone is asked for once more, and nothing of it is shown', async () => {
  let there = true;
  let asked = 0;
  const dataset = async () => {
    asked += 1;
    if (!there) {
      didGone.emit('a:x'); // as the requests tell
      throw new LakeError('NotInLake', 'the lake has no a:x');
    }
    return {};
  };
  const { details, didGone } = looking({ dataset });
  details.show('a:x');
  await settled();
  there = false;
  didGone.emit('a:x');
  await settled();
  assert.deepEqual([details.about?.error?.kind, details.about?.value, asked], ['NotInLake', null, 2]);
});

test('all files together are the dataset; a row that has not come yet is no DID', async () => {
  const files = async () => ({ total: 300, size: 1, rows: [] });
  const { details } = looking({ dataset: async () => ({}), files });
  details.show('a:x');
  details.turn('files');
  await settled();
  const every = Array.from({ length: 300 }, (_, index) => (index < 200 ? `a:${index}` : `#${index}`));
  assert.deepEqual(details.chosen(every), ['a:x']);
  assert.deepEqual(details.chosen(['a:1', '#200']), ['a:1']);
});

test('while files are narrowed those that were shown stay, and only the last answer counts', async () => {
  const answers: ((page: object) => void)[] = [];
  const files = () => new Promise(answer => answers.push(answer));
  const { details } = looking({ dataset: async () => ({}), files });
  details.show('a:x');
  details.turn('files');
  answers[0]({ total: 300, size: 1, rows: [] });
  await settled();
  details.narrow('a');
  details.narrow('ab');
  assert.equal(details.files?.total, 300);
  answers[2]({ total: 2, size: 1, rows: [] });
  answers[1]({ total: 20, size: 1, rows: [] });
  await settled();
  assert.equal(details.files?.total, 2);
});
