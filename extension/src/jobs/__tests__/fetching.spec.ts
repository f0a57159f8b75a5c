import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { nullTranslator } from '@jupyterlab/translation';
import { LakeError } from '../../api/error';
import type { FetchMode, FetchOrder, Forecast, Job } from '../../api/types';
import { fetchDid, fetchSettings } from '../fetching';
import { outlookOf } from '../outlook';
import { choicesIn, draftOf, orderFrom } from '../places';
import { toyJob } from './toys';

const trans = nullTranslator.load('vre_dm');
const NONE = { folder: '', cache: '', concurrency: 0 };

function toyForecast(changes: Partial<Forecast> = {}): Forecast {
  return {
    did: 'a:b',
    files: 3,
    bytes: 2000,
    present: 0,
    folder: '/home/me/a/b',
    places: [
      { target: '/cache', label: 'Cache', mode: 'cache' },
      { target: '/eos', label: 'Mounted', mode: 'replica' }
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
  assert.ok(await fetchDid(api, 'a:b', { files: '*.root' }, NONE, ask));
  assert.deepEqual(said, [order({ files: '*.root' })]);
});

test('where there is a choice nothing begins before the user made it', async () => {
  const { api, ask, said } = server(toyForecast({ choice: true }));
  assert.equal(await fetchDid(api, 'a:b', {}, NONE, ask), null);
  assert.deepEqual(said, ['asked']);
});

test('whoever names the target is not asked for it', async () => {
  const { api, ask, said } = server(toyForecast({ choice: true }));
  await fetchDid(api, 'a:b', { target: '/data' }, NONE, ask);
  assert.deepEqual(said, [order({ target: '/data', mode: 'folder' })]);
});

test('folder, cache and streams of the settings are in every order, unless the caller chose another folder', async () => {
  const settings = { folder: 'data', cache: '~/kept', concurrency: 4 };
  const { api, ask, said } = server(toyForecast({ choice: true }));
  await fetchDid(api, 'a:b', {}, settings, ask);
  await fetchDid(api, 'a:b', { target: 'here' }, settings, ask);
  const more = { mode: 'folder' as const, cache: '~/kept', concurrency: 4 };
  assert.deepEqual(said, [order({ target: 'data', ...more }), order({ target: 'here', ...more })]);
});

test('the dialog keeps cache and streams of the settings, whatever place is chosen in it', () => {
  const asked = order({ target: 'data', mode: 'folder', cache: '~/kept', concurrency: 4 });
  const draft = { ...draftOf(asked, toyForecast()), mode: 'cache' as const };
  assert.deepEqual(orderFrom(draft, asked), { ...asked, target: null, mode: 'cache' });
});

test('settings of the wrong type leave the choice to the server', () => {
  const composite = { folder: 3, cache: ' ~/kept ', concurrency: 'many' };
  const registry = { plugins: { 'vre-dm-lab:lake': { data: { composite } } } } as unknown as ISettingRegistry;
  assert.deepEqual(fetchSettings(registry), { folder: '', cache: '~/kept', concurrency: 0 });
  assert.deepEqual(fetchSettings(null), NONE);
});

test('a refused fetch is shown where it can be mended', async () => {
  const { api, ask, said } = server(toyForecast(), new LakeError('NoSpace', 'the disk is full', 'target'));
  await fetchDid(api, 'a:b', {}, NONE, ask);
  assert.equal(said[1], 'the disk is full');
});

test('whoever wants to choose is asked even where there is nothing to choose', async () => {
  const { api, ask, said } = server(toyForecast());
  await fetchDid(api, 'a:b', { ask: true }, NONE, ask);
  assert.deepEqual(said, ['asked']);
});

test('only a folder has a target: the server knows the others', () => {
  const draft = { mode: 'folder' as const, folder: ' data ', files: ' *.root ', rse: 'SITE' };
  assert.deepEqual(orderFrom(draft, order()), order({ target: 'data', files: '*.root', rse: 'SITE', mode: 'folder' }));
  assert.equal(orderFrom({ ...draft, mode: 'cache' }, order()).target, null);
});

test('a folder of the user can always be chosen, once', () => {
  const offered = (modes: FetchMode[]) =>
    choicesIn(toyForecast({ places: modes.map(mode => ({ mode, target: '', label: mode })) }), trans);
  assert.deepEqual(
    [offered([]), offered(['cache', 'replica']), offered(['folder', 'cache'])].map(places =>
      places.map(({ mode }) => mode)
    ),
    [['folder'], ['cache', 'replica', 'folder'], ['cache', 'folder']]
  );
});

test('a refused order comes back into the dialog as it was', () => {
  const asked = order({ target: 'elsewhere', files: '*.csv', rse: 'SITE', mode: 'folder' });
  assert.deepEqual(orderFrom(draftOf(asked, toyForecast()), order()), asked);
  assert.equal(draftOf(order(), toyForecast()).mode, 'cache');
});

test('files of unknown size are counted all the same', () => {
  assert.deepEqual(outlookOf(toyForecast({ bytes: null }), trans).facts, ['3 files, size unknown']);
});

test('an embargo stands before the other remarks', () => {
  const forecast = toyForecast({ embargo: 'yours alone', remarks: ['slow'], present: 1, free: 5000 });
  assert.deepEqual(outlookOf(forecast, trans), {
    facts: ['3 files, 2 kB', '1 is there already', '5 kB free on that disk'],
    cautions: ['yours alone', 'slow']
  });
});
