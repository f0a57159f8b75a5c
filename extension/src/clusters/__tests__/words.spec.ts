import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nullTranslator } from '@jupyterlab/translation';
import { choicesOf, draftOf, faultsOf, optionsOf, orderOf } from '../order';
import { amountsOf, connectCell, memoryShareOf, memoryText, stateOf } from '../words';
import { workersOf, workersTyped } from '../workers';
import { toyCluster, toyOffers } from './toys';

const trans = nullTranslator.load('vre_dm');

test('a fixed number of workers is said as so many of so many, a range with its ends', () => {
  assert.equal(amountsOf(toyCluster({ workers: 1 }), trans)[0], '1 of 2 workers');
  assert.equal(amountsOf(toyCluster({ workers: 1, minimum: 0, most: 8 }), trans)[0], '1 worker (0 to 8)');
  assert.equal(amountsOf(toyCluster({ workers: 3, minimum: null, most: null }), trans)[0], '3 workers');
});

test('tasks and memory are said where they are known', () => {
  const busy = toyCluster({ running: 1, waiting: 12 });
  assert.equal(amountsOf(busy, trans)[1], '1 task running, 12 waiting');
  assert.equal(amountsOf(toyCluster(), trans)[1], 'no tasks');
  assert.deepEqual([memoryText(busy, trans), memoryShareOf(busy)], ['500 MB of 2 GB of memory', 25]);
  const starting = toyCluster({ state: 'starting', memory: null, memory_limit: 0, running: null, waiting: null });
  assert.deepEqual(
    [memoryText(starting, trans), memoryShareOf(starting), amountsOf(starting, trans).length],
    ['', null, 1]
  );
  assert.equal(stateOf(starting, trans), 'Starting');
});

test('the cell names the cluster', () => {
  assert.match(connectCell(toyCluster()), /^import vre_dm as dm\n\ncluster = dm\.cluster\(name="local-0a1b2c3d"\)\n/);
});

test('workers are typed as a number or a range', () => {
  const read = (text: string) => workersOf(text, trans).workers;
  assert.deepEqual(
    [read('4'), read(' 0-8 '), read('1 to 3'), read('1 – 3')],
    [
      [4, 4],
      [0, 8],
      [1, 3],
      [1, 3]
    ]
  );
  assert.deepEqual(workersOf('', trans), { workers: null, fault: null });
  for (const wrong of ['0', '-1', '3-1', 'many', '1-2-3', '99999', '1.5']) {
    assert.ok(workersOf(wrong, trans).fault, wrong);
  }
  assert.ok(workersOf('', trans, true).fault);
});

test('what is typed for a cluster is what it has', () => {
  assert.deepEqual([workersTyped(2, 2), workersTyped(0, 8), workersTyped(null, null)], ['2', '0-8', '']);
});

test('without a gateway the form asks for this machine', () => {
  assert.equal(draftOf(toyOffers({ gateway: null, options: [] })).kind, 'local');
});

test('an order for this machine has size and idle time in seconds, and no option', () => {
  const offers = toyOffers();
  const draft = { ...draftOf(offers), kind: 'local', workers: '1', memory: '1,5 GB', idle: '2', image: 'two' };
  assert.deepEqual(orderOf(draft, offers, trans), {
    kind: 'local',
    workers: [1, 1],
    memory: '1.5 GB',
    idle: 120,
    options: {}
  });
});

test('of the options of a gateway only those that were changed are asked for, as what they are', () => {
  const offers = toyOffers();
  const draft = { ...draftOf(offers), image: 'two', worker_memory: '6', big: 'true' };
  assert.deepEqual(orderOf(draft, offers, trans).options, { image: 'two', worker_memory: 6, big: true });
  assert.deepEqual(orderOf(draftOf(offers), offers, trans).options, {});
});

test('a form asks for no option that it could not say', () => {
  const hidden = { field: 'workers', label: 'Workers', default: 1, spec: { type: 'int' } };
  const offers = toyOffers({ options: [...toyOffers().options, hidden] });
  assert.deepEqual(
    optionsOf(offers).map(({ field }) => field),
    ['image', 'worker_memory', 'big']
  );
});

test('what names a variable of the server is no fault while it is left, and can be chosen again', () => {
  const [image, memory] = toyOffers().options;
  const offers = toyOffers({
    options: [
      { ...image, default: '{IMAGE}' },
      { ...memory, default: '{MEMORY}' }
    ]
  });
  assert.deepEqual(faultsOf(draftOf(offers), offers, trans), {});
  assert.deepEqual(orderOf(draftOf(offers), offers, trans).options, {});
  assert.deepEqual(choicesOf(offers.options[0]), ['{IMAGE}', 'one', 'two']);
  assert.deepEqual(choicesOf(image), ['one', 'two']);
});

test('faults stand at their fields, and those of the other kind are none', () => {
  const offers = toyOffers();
  const draft = { ...draftOf(offers), workers: 'x', memory: 'much', idle: 'long', worker_memory: '9' };
  assert.deepEqual(Object.keys(faultsOf({ ...draft, kind: 'local' }, offers, trans)), ['workers', 'memory', 'idle']);
  assert.deepEqual(faultsOf(draft, offers, trans).worker_memory, 'At most 8');
  assert.deepEqual(Object.keys(faultsOf(draft, offers, trans)), ['workers', 'worker_memory']);
});
