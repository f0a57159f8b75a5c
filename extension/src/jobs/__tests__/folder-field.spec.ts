import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contents } from '@jupyterlab/services';
import { foldersIn } from '../folder-field';

test('the folders of a folder are proposed as they are typed, files are not', async () => {
  const asked: string[] = [];
  const content = [
    { name: 'xenon', type: 'directory' },
    { name: 'notes.ipynb', type: 'notebook' }
  ];
  const get = async (path: string) => {
    asked.push(path);
    return { content } as unknown as Contents.IModel;
  };
  assert.deepEqual(await foldersIn({ get }, 'data/'), ['data/xenon/']);
  assert.deepEqual(await foldersIn({ get }, ''), ['xenon/']);
  assert.deepEqual(asked, ['data', '']);
});
