import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nullTranslator } from '@jupyterlab/translation';
import { LakeError } from '../../api/error';
import { draftFor, fieldOf, holds, orderOf, turned } from '../draft';
import type { PublishDraft } from '../draft';
import { nameFault, proposedName } from '../names';
import { fieldsOf } from '../schema';

const trans = nullTranslator.load('vre_dm');
const form = { fields: [], keyPattern: '' };
const usual = { scopes: ['user.dm'], rse: 'HERE' };

function drafted(changes: Partial<PublishDraft> = {}): PublishDraft {
  return { ...draftFor(['a.csv'], usual, null), ...changes };
}

test('a name that the lake would refuse is refused while it is typed', () => {
  for (const name of ['', 'a b', 'é', '.hidden', 'a//b', '/a', 'a/', '-x', 'a/../b', 'x'.repeat(251), 'a:b', 'a<b>']) {
    assert.ok(nameFault(name, trans), JSON.stringify(name));
  }
  for (const name of ['a', 'A_1.b-c+d=e@f#g', 'a/b', '_x', 'x'.repeat(250)]) {
    assert.equal(nameFault(name, trans), null, name);
  }
});

test('the name that is proposed is a valid one, or none', () => {
  for (const path of ['dir/my limit (2).csv', 'ünï.root', '.csv', '', '-x-', 'a/b.tar.gz', '…']) {
    const name = proposedName(path);
    assert.ok(name === '' || nameFault(name, trans) === null, `${path} gives ${name}`);
  }
  assert.equal(proposedName('dir/my limit (2).csv'), 'my_limit_2_');
  assert.equal(proposedName('dir/limit'), 'limit.dataset');
});

test('files that join a dataset bring neither metadata nor a lifetime', () => {
  const draft = { ...draftFor(['a.csv'], usual, 'user.x:set'), days: 'soon' };
  const needed = { ...form, fields: [] };
  assert.deepEqual(orderOf(draft, ['a.csv'], needed, trans).order, {
    files: ['a.csv'],
    did: 'user.x:set',
    rse: null,
    days: null,
    metadata: {},
    prefix: null,
    comment: null,
    new: false
  });
});

test('the usual storage element is proposed for a new dataset, and what was chosen stays', () => {
  assert.equal(drafted().rse, 'HERE');
  const joining = { ...drafted(), ...turned(drafted(), false, usual) };
  assert.deepEqual([joining.isNew, joining.rse], [false, '']);
  assert.equal(turned(joining, true, usual).rse, 'HERE');
  assert.equal(turned(drafted({ rse: 'ELSEWHERE' }), false, usual).rse, 'ELSEWHERE');
});

test('an order is given only without a fault', () => {
  const draft = { ...draftFor(['a b.csv'], { scopes: [], rse: null }, null), name: 'a b', days: '-1' };
  const { order, faults } = orderOf(draft, ['a b.csv'], form, trans);
  assert.equal(order, null);
  assert.deepEqual(Object.keys(faults), ['scope', 'name', 'rse', 'days']);
});

test('a refusal stands at the field that it blames, or above the buttons', () => {
  const fields = fieldsOf({ properties: { year: { type: 'integer' } } });
  const metadata = { texts: {}, tables: {}, further: [{ key: 'runs', value: '1' }] };
  const at = (field: string | null, draft = drafted({ metadata })) =>
    fieldOf(new LakeError('Declined', 'no', field), draft, { ...form, fields });
  assert.deepEqual(
    ['did', 'rse', 'days', 'metadata', 'metadata.year', 'metadata.runs', 'metadata.deep'].map(field => at(field)),
    ['name', 'rse', 'days', 'metadata', 'metadata.year', 'metadata.further.0', 'metadata']
  );
  assert.deepEqual([at(null), at('lake'), at('days', drafted({ isNew: false }))], [null, null, null]);
});

test('a refusal holds until what it blames changes', () => {
  const sent = drafted();
  const typed = (key: string) => drafted({ metadata: { ...sent.metadata, texts: { [key]: '2' } } });
  assert.ok(holds('name', sent, drafted({ rse: 'SITE' })));
  assert.ok(!holds('name', sent, drafted({ scope: 'other' })));
  assert.ok(!holds('name', sent, drafted({ isNew: false })));
  assert.ok(holds('metadata.year', sent, typed('title')));
  assert.ok(!holds('metadata.year', sent, typed('year')));
  assert.ok(holds(null, sent, sent));
  assert.ok(!holds(null, sent, drafted()));
});
