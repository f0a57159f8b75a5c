import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nullTranslator } from '@jupyterlab/translation';
import { LakeError } from '../../api/error';
import type { FetchOrder, Forecast, Job } from '../../api/types';
import { fetchDid } from '../fetching';
import { outlookOf } from '../outlook';
import { draftOf, orderFrom, takesFolder } from '../places';
import { toyJob } from './toys';

const trans = nullTranslator.load('vre_dm');

function toyForecast(changes: Partial<Forecast> = {}): Forecast {
  return {
    did: 'a:b',
    files: 3,
    bytes: 2000,
    present: 0,
    folder: '/home/me/a/b',
    places: [
      { target: '/home/me/a/b', label: 'Folder', mode: 'folder' },
      { target: '/cache', label: 'Cache', mode: 'cache' }
    ],
    free: null,
    embargo: null,
    remarks: [],
    choice: false,
    ...changes
  };
}

function order(changes: Partial<FetchOrder> = {}): FetchOrder {
  return { kind: 'fetch', did: 'a:b', target: null, files: null, rse: null, mode: null, ...changes };
}

/** Notes what is started and asked. */
function server(forecast: Forecast, refusal: LakeError | null = null) {
  const said: unknown[] = [];
  return {
    said,
    api: {
      forecast: async () => forecast,
      startFetch: async (order: FetchOrder) => {
        said.push(order);
        if (refusal) {
          throw refusal;
        }
        return toyJob();
      }
    },
    ask: async (_: Forecast, __: FetchOrder, refused: LakeError | null): Promise<Job | null> => {
      said.push(refused?.message ?? 'asked');
      return null;
    }
  };
}

test('where there is nothing to choose the fetch begins at once', async () => {
  const { api, ask, said } = server(toyForecast());
  assert.ok(await fetchDid(api, 'a:b', { files: '*.root' }, ask));
  assert.deepEqual(said, [order({ files: '*.root' })]);
});

test('where there is a choice nothing begins before the user made it', async () => {
  const { api, ask, said } = server(toyForecast({ choice: true }));
  assert.equal(await fetchDid(api, 'a:b', {}, ask), null);
  assert.deepEqual(said, ['asked']);
});

test('whoever names the target is not asked for it', async () => {
  const { api, ask, said } = server(toyForecast({ choice: true }));
  await fetchDid(api, 'a:b', { target: '/data' }, ask);
  assert.deepEqual(said, [order({ target: '/data' })]);
});

test('a refused fetch is shown where it can be mended', async () => {
  const { api, ask, said } = server(toyForecast(), new LakeError('NoSpace', 'the disk is full', 'target'));
  await fetchDid(api, 'a:b', {}, ask);
  assert.equal(said[1], 'the disk is full');
});

test('the order is that of the chosen place, and only a folder has another name', () => {
  const draft = { place: 0, folder: ' /data ', files: ' *.root ', rse: 'SITE' };
  assert.deepEqual(
    orderFrom(draft, toyForecast()),
    order({ target: '/data', files: '*.root', rse: 'SITE', mode: 'folder' })
  );
  const cached = { ...draft, place: 1 };
  assert.equal(takesFolder(cached, toyForecast()), false);
  assert.equal(orderFrom(cached, toyForecast()).target, '/cache');
});

test('a server that offers no place gets none', () => {
  const { target, mode } = orderFrom(draftOf(order(), toyForecast()), toyForecast({ places: [] }));
  assert.deepEqual([target, mode], [null, null]);
});

test('a refused order comes back into the dialog as it was', () => {
  const asked = order({ target: '/elsewhere', files: '*.csv', rse: 'SITE', mode: 'folder' });
  assert.deepEqual(orderFrom(draftOf(asked, toyForecast()), toyForecast()), asked);
});

test('an embargo stands before the other remarks', () => {
  const forecast = toyForecast({ embargo: 'yours alone', remarks: ['slow'], present: 1, free: 5000 });
  assert.deepEqual(outlookOf(forecast, trans), {
    facts: ['3 files, 2 kB', '1 is there already', '5 kB free'],
    cautions: ['yours alone', 'slow']
  });
});
