/** Texts that break out of a literal, hide in it, or look like something else. */
export const HOSTILE: readonly string[] = [
  '"); import os; os.system("id") #',
  '\\"); evil() //',
  'back\\slash\\',
  "it's",
  'line\nbreak\r\nand\ttab',
  'nul\0byte',
  '${value} $value #{value} `value` {{name}}',
  '??/" trigraph',
  '\u202eevil\u2066 order',
  'separators \u2028\u2029\u0085',
  'zero\u200bwidth\ufeff',
  'lone \ud800 half',
  'emoji 😀 tag \u{e0041}',
  'ünïcödé 日本',
  '</script><img src=x onerror=alert(1)>',
  '%run evil.py',
  '!id',
  '\x1b[2J',
  ''
];

/** Every character of the first planes that may matter, each once. */
export function* characters(): Generator<string> {
  for (let code = 0; code < 0x3000; code++) {
    yield String.fromCharCode(code);
  }
}
