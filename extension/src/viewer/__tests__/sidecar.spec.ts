import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { SIDECAR_NAMES } from '../sidecar';

test('curves that are named by quantity, experiment and year are told by their names', () => {
  const published = readdirSync('../vre_dm/limits/catalogue').filter(name => /_(19|20)\d\d.*\.json$/.test(name));
  assert.ok(published.length > 100);
  assert.deepEqual(
    published.filter(name => !name.match(SIDECAR_NAMES)),
    []
  );
});

test('other JSON files stay what they are', () => {
  for (const name of ['package.json', 'si.json', 'run_si_lz_2024.json', 'SI_LZ_2024.json', 'si_lz_2024.json.bak']) {
    assert.equal(name.match(SIDECAR_NAMES), null, name);
  }
});
