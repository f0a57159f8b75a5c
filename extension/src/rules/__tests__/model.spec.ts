import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Signal } from '@lumino/signaling';
import { LakeError } from '../../api/error';
import type { Rule, RuleChange } from '../../api/types';
import { RulesModel } from '../model';
import { toyRule } from './toys';

function made() {
  const sender = {} as never;
  const events = {
    rule: new Signal<never, RuleChange>(sender),
    ruleGone: new Signal<never, string>(sender),
    connected: new Signal<never, void>(sender)
  };
  const refreshed = new Signal<never, void>(sender);
  const asked: ((rules: Rule[]) => void)[] = [];
  const server = { changed: toyRule(), left: [toyRule()], refusal: null as LakeError | null };
  const changing = async () => {
    if (server.refusal) {
      throw server.refusal;
    }
    return server.changed;
  };
  const api = {
    rules: () => new Promise<{ rules: Rule[] }>(resolve => asked.push(rules => resolve({ rules }))),
    rule: async (id: string) => {
      const [found] = server.left.filter(rule => rule.id === id);
      assert.ok(found, `no rule ${id}`);
      return found;
    },
    makeRule: changing,
    changeRule: changing,
    deleteRule: async () => null
  };
  const model = new RulesModel({ api, events, refreshed });
  return { model, events, refreshed, asked, server, ids: () => model.rules.map(rule => rule.id) };
}

test('what needs somebody comes first, the rest stays in the order of the server', async () => {
  const { model, asked, ids } = made();
  const reload = model.reload();
  asked[0]([toyRule({ id: 'ok1' }), toyRule({ id: 'ok2' }), toyRule({ id: 'stuck', state: 'STUCK' })]);
  await reload;
  assert.deepEqual(ids(), ['stuck', 'ok1', 'ok2']);
});

test('a change that is told while the list is under way is newer than the list', async () => {
  const { model, events, asked } = made();
  const reload = model.reload();
  events.rule.emit({ ...toyRule({ state: 'STUCK' }), was: 'REPLICATING' });
  asked[0]([toyRule({ state: 'REPLICATING' })]);
  await reload;
  assert.deepEqual(
    model.rules.map(rule => rule.state),
    ['STUCK']
  );
});

test('a stream that stands again asks only if somebody looked before', async () => {
  const { model, events, asked } = made();
  events.connected.emit();
  assert.equal(asked.length, 0);
  const reload = model.reload();
  asked[0]([]);
  await reload;
  events.connected.emit();
  assert.equal(asked.length, 2);
});

test('a list that could not be had is asked for again when the user refreshes', () => {
  const { model, refreshed, asked } = made();
  model.problem = new LakeError('Unreachable', 'the lake does not answer');
  refreshed.emit();
  assert.equal(asked.length, 1);
});

test('a refused boost stands at its rule, and the rule stays as it was', async () => {
  const { model, events, server } = made();
  events.rule.emit({ ...toyRule({ state: 'STUCK' }), was: null });
  server.refusal = new LakeError('LoginRefused', 'the rule belongs to someone else');
  await model.attempt('r1', () => model.change('r1', { boost: true }));
  assert.equal(model.refused.get('r1')?.message, 'the rule belongs to someone else');
  assert.equal(model.rules[0].state, 'STUCK');
});

test('a moved rule is listed below the one that follows it, and says so', async () => {
  const { model, events, server } = made();
  events.rule.emit({ ...toyRule(), was: null });
  server.changed = toyRule({ id: 'r2', rse: 'SITE-B' });
  server.left = [toyRule({ sentence: 'OK: the rule was moved' })];
  await model.change('r1', { rse: 'SITE-B' });
  assert.deepEqual(
    model.rules.map(({ id, sentence }) => [id, sentence.includes('moved')]),
    [
      ['r2', false],
      ['r1', true]
    ]
  );
});

test('a rule that was deleted is shown as the lake says it then, or no more', async () => {
  const { model, events, asked, server } = made();
  events.rule.emit({ ...toyRule(), was: null });
  server.left = [toyRule({ sentence: 'ended', can: [] })];
  await model.end('r1');
  assert.deepEqual([model.rules[0].sentence, model.rules[0].can], ['ended', []]);
  server.left = [];
  await model.end('r1');
  asked[0]([]);
  await new Promise(setImmediate);
  assert.deepEqual(model.rules, []);
});

test('a new rule stands before the others of its urgency', async () => {
  const { model, events, server, ids } = made();
  events.rule.emit({ ...toyRule({ id: 'old' }), was: null });
  server.changed = toyRule({ id: 'new' });
  await model.make({ did: 'a:b', rse: 'SITE', days: null, copies: 1, comment: null });
  assert.deepEqual(ids(), ['new', 'old']);
});

test('a rule that ended while the list is under way is not listed', async () => {
  const { model, events, asked, ids } = made();
  const reload = model.reload();
  events.ruleGone.emit('r1');
  asked[0]([toyRule(), toyRule({ id: 'r2' })]);
  await reload;
  assert.deepEqual(ids(), ['r2']);
});
