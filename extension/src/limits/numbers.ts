/** Numbers as physicists write them: 2.18 × 10⁻⁴⁸, and ticks at the decades. */

const SUPERSCRIPT: Record<string, string> = Object.fromEntries([...'0123456789-'].map((c, i) => [c, '⁰¹²³⁴⁵⁶⁷⁸⁹⁻'[i]]));

/** A power of ten, 10⁻⁴⁷. */
export function powerOfTen(exponent: number): string {
  return '10' + [...String(exponent)].map(digit => SUPERSCRIPT[digit]).join('');
}

/** A value with so many significant digits; plain where that is short, else with a power of ten. */
export function written(value: number, digits = 3): string {
  if (value === 0 || !Number.isFinite(value)) {
    return String(value);
  }
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
  const power = Number(exponent);
  if (power >= -3 && power < 5) {
    return String(Number(value.toPrecision(Math.max(digits, power + 1))));
  }
  return `${mantissa} × ${powerOfTen(power)}`;
}

/** Label of a tick: a bare power of ten where it is one. */
export function tickLabel(value: number, digits = 4): string {
  const exponent = Math.round(Math.log10(value));
  const isDecade = Math.abs(value / 10 ** exponent - 1) < 1e-6;
  if (isDecade && (exponent < -2 || exponent > 3)) {
    return powerOfTen(exponent);
  }
  return written(value, digits).replace(/\.?0+ ×/, ' ×');
}

/** Labels of the ticks of one axis, with as many digits as tell them apart. */
export function tickLabels(values: readonly number[]): string[] {
  for (const digits of [4, 6, 8, 10]) {
    const labels = values.map(value => tickLabel(value, digits));
    if (new Set(labels).size === labels.length) {
      return labels;
    }
  }
  return values.map(value => tickLabel(value, 12));
}

export interface Ticks {
  major: number[];
  minor: number[];
}

/** Ticks of a logarithmic axis between two values, at most about `most` of them labelled. */
export function ticks(low: number, high: number, most = 9): Ticks {
  // Zoomed out to where numbers end: nothing can be labelled there.
  if (!(low > 0 && low < high && high < Infinity)) {
    return { major: [], minor: [] };
  }
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const decades = Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => first + i);
  const between = [first - 1, ...decades].flatMap(n => [2, 3, 4, 5, 6, 7, 8, 9].map(m => m * 10 ** n));
  const minor = between.filter(tick => tick >= low && tick <= high);
  if (decades.length >= 3) {
    const step = Math.ceil(decades.length / most);
    const shown = decades.filter(n => n % step === 0).map(n => 10 ** n);
    return { major: shown, minor: step === 1 ? minor : decades.filter(n => n % step !== 0).map(n => 10 ** n) };
  }
  const few = [...decades.map(n => 10 ** n), ...minor.filter(tick => /^[25]/.test(tick.toExponential(0)))];
  return few.length >= 3 ? { major: few, minor } : { major: evenly(low, high), minor: [] };
}

/** Round steps for a view so narrow that no decade helps. */
function evenly(low: number, high: number): number[] {
  const rough = (high - low) / 4;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = decade * [1, 2, 5, 10].find(m => m * decade >= rough)!;
  const start = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - start + 1 }, (_, i) => (start + i) * step);
}
