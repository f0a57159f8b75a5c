/** Names of datasets and lifetimes, checked while they are typed; the lake has the last word. */

import type { TranslationBundle } from '@jupyterlab/translation';

const LONGEST = 250;
const PART = /^[A-Za-z0-9_][A-Za-z0-9_.+=@#-]*$/;

/** What is wrong with the name of a dataset, in a sentence; null if nothing is. */
export function nameFault(name: string, trans: TranslationBundle): string | null {
  if (name === '') {
    return trans.__('A name is needed');
  }
  if (name.length > LONGEST) {
    return trans.__('At most %1 characters; these are %2', LONGEST, name.length);
  }
  const strange = name.match(/[^A-Za-z0-9_.+=@#/-]/u)?.[0];
  if (strange !== undefined) {
    return strange.trim() === ''
      ? trans.__('No blanks; letters, digits and _ . + = @ # - / are allowed')
      : trans.__('%1 is not allowed; letters, digits and _ . + = @ # - / are', strange);
  }
  return name.split('/').every(part => PART.test(part))
    ? null
    : trans.__('Each part between slashes begins with a letter, a digit or _');
}

/** A name from that of a file or folder, as the proposal of the form; never the file's own, which is taken then. */
export function proposedName(path: string): string {
  const file = path.split('/').pop() ?? '';
  const stem = file.replace(/\.[^.]*$/, '');
  return (stem && stem === file ? `${stem}.dataset` : stem)
    .replace(/[^A-Za-z0-9_.+=@#-]+/g, '_')
    .replace(/^[^A-Za-z0-9_]+/, '')
    .slice(0, LONGEST);
}
