import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LakeError } from '../../api/error';
import type { Entry, Kind, StreamEnd } from '../../api/types';
import { compareNodes, didsOf, entryNode, isRemark, merged, scopeNode } from '../nodes';
import type { TreeNode } from '../nodes';
import { LakeTree } from '../tree';

const entry = (name: string, kind: Kind, scope = 'fermi'): Entry => ({
  did: `${scope}:${name}`,
  scope,
  name,
  kind,
  size: null,
  length: null
});

/** Children by key of their parent; what is missing does not answer, an error is thrown. */
type World = Record<string, Entry[] | Error>;

function treeOf(world: World, leftOut: string[] = []): { tree: LakeTree; asked: string[] } {
  const asked: string[] = [];
  const ask = async (node: TreeNode | null, take: (nodes: TreeNode[]) => void, signal: AbortSignal) => {
    asked.push(node?.key ?? '');
    const found = node ? world[node.did ?? node.scope] : [];
    if (found instanceof Error) {
      throw found;
    }
    if (found === undefined) {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    }
    take(node ? found.map(one => entryNode(one, node)) : Object.keys(world).filter(isScope).map(toScope));
    return { total: found.length, left_out: leftOut } satisfies StreamEnd;
  };
  return { tree: new LakeTree(ask, then => setTimeout(then)), asked };
}

const isScope = (key: string) => !key.includes(':');
const toScope = (scope: string) => scopeNode(scope, scope === 'mine');

/** The rows once nothing changes any more, indented by their level. */
async function seen(tree: LakeTree): Promise<string[]> {
  for (let turn = 0; turn < 10; turn += 1) {
    await new Promise(resolve => setTimeout(resolve));
  }
  return tree.rows.map(row => '  '.repeat(row.level - 1) + (isRemark(row) ? `(${row.remark})` : row.name));
}

const nodeNamed = (tree: LakeTree, name: string) =>
  tree.rows.find((row): row is TreeNode => !isRemark(row) && row.name === name)!;

const FERMI: World = {
  fermi: [entry('b', 'file'), entry('z', 'container'), entry('d', 'dataset')],
  'fermi:z': [entry('inner', 'dataset'), entry('other', 'dataset', 'atlas')],
  'fermi:d': [],
  mine: []
};

test('scopes are asked for first, and what is below a node when it is opened', async () => {
  const { tree, asked } = treeOf(FERMI);
  await tree.start([]);
  assert.deepEqual(await seen(tree), ['fermi', 'mine']);
  tree.toggle(nodeNamed(tree, 'fermi'));
  assert.deepEqual(await seen(tree), ['fermi', '  z', '  d', '  b', 'mine']);
  assert.deepEqual(asked, ['', 'fermi']);
});

test('a node of another scope shows its whole DID', async () => {
  const { tree } = treeOf(FERMI);
  await tree.start(['fermi', 'fermi\nfermi:z']);
  assert.deepEqual(await seen(tree), ['fermi', '  z', '    atlas:other', '    inner', '  d', '  b', 'mine']);
});

test('what was closed is opened again without another question', async () => {
  const { tree, asked } = treeOf(FERMI);
  await tree.start(['fermi']);
  await seen(tree);
  tree.toggle(nodeNamed(tree, 'fermi'));
  assert.deepEqual(await seen(tree), ['fermi', 'mine']);
  tree.toggle(nodeNamed(tree, 'fermi'));
  await seen(tree);
  assert.deepEqual(asked, ['', 'fermi']);
});

test('a very long list is not kept once it is closed', async () => {
  const names = Array.from({ length: 3000 }, (_, index) => entry(`f${index}`, 'file'));
  const { tree, asked } = treeOf({ fermi: names });
  await tree.start(['fermi']);
  assert.equal((await seen(tree)).length, 3001);
  tree.toggle(nodeNamed(tree, 'fermi'));
  tree.toggle(nodeNamed(tree, 'fermi'));
  assert.equal((await seen(tree)).length, 3001);
  assert.deepEqual(asked, ['', 'fermi', 'fermi']);
});

test('a node that is closed before it answered gives the question up', async () => {
  const { tree } = treeOf({ slow: undefined as unknown as Entry[] });
  await tree.start(['slow']);
  assert.deepEqual(await seen(tree), ['slow', '  (loading)']);
  tree.toggle(nodeNamed(tree, 'slow'));
  assert.deepEqual(await seen(tree), ['slow']);
});

test('an empty dataset says so, and names that are not safe are counted', async () => {
  const { tree } = treeOf(FERMI, ['a/../b', 'x']);
  await tree.start(['fermi', 'fermi\nfermi:d']);
  await seen(tree);
  const told = tree.rows.filter(isRemark).map(row => [row.remark, row.level, row.leftOut.length]);
  assert.deepEqual(told, [
    ['left-out', 3, 2],
    ['left-out', 2, 2],
    ['left-out', 1, 2]
  ]);
  assert.deepEqual(await seen(await opened({ mine: [] })), ['mine', '  (empty)']);
});

async function opened(world: World): Promise<LakeTree> {
  const { tree } = treeOf(world);
  await tree.start(Object.keys(world));
  return tree;
}

test('an error stands at its place and what is beside it stays', async () => {
  const refused = new LakeError('LoginRefused', 'the token expired; get a new one', null, { status: 424 });
  const tree = await opened({ atlas: refused, fermi: FERMI.fermi });
  assert.deepEqual(await seen(tree), ['atlas', '  (failed)', 'fermi', '  z', '  d', '  b']);
  assert.equal(tree.rows.find(isRemark)?.error, refused);
});

test('a lake that is away is asked again by itself', async () => {
  const tree = await opened({
    atlas: new LakeError('Unreachable', 'no answer', null, { retryAfter: 30, status: 502 })
  });
  await seen(tree);
  const told = tree.rows.find(isRemark);
  assert.ok(told?.remark === 'failed' && told.again);
  tree.dispose();
});

test('a failed node is asked again when the user wants it', async () => {
  const world: World = { atlas: new LakeError('Internal', 'broken', null, { status: 500 }) };
  const { tree } = treeOf(world);
  await tree.start(['atlas']);
  await seen(tree);
  world.atlas = [entry('there', 'dataset', 'atlas')];
  tree.retry(nodeNamed(tree, 'atlas'));
  assert.deepEqual(await seen(tree), ['atlas', '  there']);
});

test('a DID that is gone says so and can no longer be opened', async () => {
  const tree = await opened(FERMI);
  await seen(tree);
  tree.mark('fermi:z');
  await seen(tree);
  assert.ok(nodeNamed(tree, 'z').gone && !nodeNamed(tree, 'd').gone);
  tree.toggle(nodeNamed(tree, 'z'));
  assert.ok(!tree.expanded.has('fermi\nfermi:z'));
});

test('a refresh asks for what is open and shows what came and went', async () => {
  const world: World = { ...FERMI };
  const { tree, asked } = treeOf(world);
  await tree.start(['fermi']);
  await seen(tree);
  world.fermi = [entry('d', 'dataset'), entry('new', 'dataset')];
  tree.refresh();
  assert.deepEqual(await seen(tree), ['fermi', '  d', '  new', 'mine']);
  assert.deepEqual(asked, ['', 'fermi', '', 'fermi']);
});

test('after something was published only its dataset and scope are asked for again', async () => {
  const world: World = { ...FERMI, mine: [entry('new', 'dataset', 'mine')], 'mine:new': [], 'mine:other': [] };
  const { tree, asked } = treeOf(world);
  await tree.start(['fermi', 'mine', 'mine\nmine:new']);
  assert.deepEqual(await seen(tree), ['fermi', '  z', '  d', '  b', 'mine', '  new', '    (empty)']);
  world['mine:new'] = [entry('x', 'file', 'mine')];
  world.mine = [...(world.mine as Entry[]), entry('other', 'dataset', 'mine')];
  asked.length = 0;
  tree.renew('mine:new');
  assert.deepEqual(await seen(tree), ['fermi', '  z', '  d', '  b', 'mine', '  new', '    x', '  other']);
  assert.deepEqual(new Set(asked), new Set(['mine', 'mine\nmine:new']));
});

test('the filter keeps what has the text in its name, what lies below it and what it lies in', async () => {
  const { tree } = treeOf(FERMI);
  await tree.start(['fermi', 'fermi\nfermi:z']);
  await seen(tree);
  tree.filter = 'INNER';
  assert.deepEqual(await seen(tree), ['fermi', '  z', '    inner']);
  tree.filter = 'fermi';
  assert.deepEqual((await seen(tree)).length, 6);
  tree.filter = 'nothing';
  assert.deepEqual(await seen(tree), []);
  const inner = () => nodeNamed(tree, 'inner');
  tree.filter = 'inn';
  await seen(tree);
  assert.deepEqual([inner().position, inner().siblings], [1, 1]);
});

test('pages in any order end in one sorted list', () => {
  const scope = scopeNode('s', false);
  const node = (name: string, kind: Kind) => entryNode(entry(name, kind, 's'), scope);
  const pages = [
    [node('m', 'file'), node('a', 'file')],
    [node('c', 'dataset'), node('b', 'container')],
    [node('z', 'container'), node('b', 'file')]
  ];
  const all = pages.reduce<TreeNode[]>((before, page) => merged(before, page.sort(compareNodes)), []);
  assert.deepEqual(
    all.map(({ name }) => name),
    ['b', 'z', 'c', 'a', 'b', 'm']
  );
});

test('selected rows give their DIDs, each once; scopes and sentences have none', async () => {
  const tree = await opened({ ...FERMI, 'fermi:z': [entry('d', 'dataset')] });
  tree.toggle(nodeNamed(await settled(tree), 'z'));
  await seen(tree);
  const keys = tree.rows.map(row => row.key);
  assert.equal(new Set(keys).size, keys.length);
  assert.deepEqual(didsOf(keys), ['fermi:z', 'fermi:d', 'fermi:b']);
  assert.deepEqual(didsOf([]), []);
});

async function settled(tree: LakeTree): Promise<LakeTree> {
  await seen(tree);
  return tree;
}
