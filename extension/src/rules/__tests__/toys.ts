/** A rule for the tests beside this file. */

import type { Rule } from '../../api/types';

export function toyRule(changes: Partial<Rule> = {}): Rule {
  return {
    id: 'r1',
    did: 'xenon:s2only',
    rse: 'SITE-A',
    account: 'dm',
    state: 'OK',
    arrived: 4,
    total: 4,
    expires: null,
    sentence: 'OK: all 4 files are at SITE-A, kept for ever',
    why: '',
    who: '',
    next: '',
    seconds: null,
    mine: true,
    can: ['extend', 'move', 'delete'],
    ...changes
  };
}
