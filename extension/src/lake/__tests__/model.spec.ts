import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { LakeApi } from '../../api/client';
import { LakeError } from '../../api/error';
import { LakeChoice } from '../choice';
import { DataLake } from '../model';

const settled = () => new Promise(resolve => setImmediate(resolve));

test('while the Jupyter server is gone the lake has no login to show, and it is said once, until the server is back', async () => {
  let isUp = true;
  let stands: (up: boolean) => void = () => undefined;
  const answer = (said: object) => () =>
    isUp ? Promise.resolve(said) : Promise.reject(new LakeError('NoAnswer', 'no answer'));
  const api = {
    requests: { gone: new Signal({}), lake: null, url: () => 'events', trans: nullTranslator.load('vre_dm') },
    lakes: answer({ lakes: [], chosen: 'escape', problem: null }),
    login: answer({ lake: 'escape', account: 'ann', problem: null }),
    follow: (...[, , signal, standing]: Parameters<LakeApi['follow']>) => {
      stands = standing ?? stands;
      return new Promise(end => signal.addEventListener('abort', end));
    }
  };
  const lake = new DataLake(api as unknown as LakeApi, new LakeChoice(), async () => undefined);
  const shown = () => [lake.login?.account, lake.reach?.reachable, lake.reach?.lake];
  await lake.load();
  stands(true);
  assert.deepEqual(shown(), ['ann', undefined, undefined]);
  for (const again of [1, 2]) {
    isUp = false;
    stands(false);
    await settled();
    assert.deepEqual(shown(), [undefined, false, 'The Jupyter server'], `time ${again}`);
    isUp = true;
    stands(true);
    await settled();
    assert.deepEqual(shown(), ['ann', undefined, undefined], `time ${again}`);
  }
  stands(false);
  await settled();
  assert.deepEqual(shown(), ['ann', undefined, undefined]);
  lake.dispose();
});
