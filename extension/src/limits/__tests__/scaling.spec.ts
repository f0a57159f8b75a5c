import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scaling } from '../model';
import { atPosition, factor, positionOf } from '../scaling';

const scaling = (parameter: string, reference: number, power: number, form: Scaling['form'] = 'power'): Scaling => ({
  parameter,
  reference,
  power,
  form
});
const near = (a: number, b: number): void => assert.ok(Math.abs(a / b - 1) < 1e-12, `${a} is not ${b}`);

test('a cross section falls as the density it assumed rises', () => {
  near(factor([scaling('rho0', 0.3, -1)], { rho0: 0.6 }), 0.5);
});

test('couplings multiply with their powers', () => {
  near(factor([scaling('g_q', 0.25, 2), scaling('g_DM', 1, 2)], { g_q: 0.1, g_DM: 0.5 }), 0.16 * 0.25);
});

test('a branching ratio enters as odds', () => {
  near(factor([scaling('BR', 0.107, 1, 'odds')], { BR: 0.0015 }), 0.0015 / 0.9985 / (0.107 / 0.893));
});

test('what was not changed, and what a curve does not scale with, leaves it alone', () => {
  assert.equal(factor([scaling('rho0', 0.3, -1)], {}), 1);
  assert.equal(factor([scaling('rho0', 0.3, -1)], { g_q: 0.1 }), 1);
  assert.equal(factor([], { rho0: 1 }), 1);
});

test('setting a parameter to its reference changes nothing', () => {
  for (const form of ['power', 'odds'] as const) {
    near(factor([scaling('p', 0.2, 3, form)], { p: 0.2 }), 1);
  }
});

test('a slider is logarithmic and finds its way back', () => {
  near(atPosition(0.1, 10, 0.5), 1);
  for (const position of [0, 0.1, 0.5, 1]) {
    assert.ok(Math.abs(positionOf(0.1, 7, atPosition(0.1, 7, position)) - position) < 1e-12);
  }
});
