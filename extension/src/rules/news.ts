/** Which change of a rule is worth a notification, and what it says. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { RuleChange } from '../api/types';

/** A notification; Jupyter cuts it after 140 characters, so names come last. */
export interface News {
  kind: 'success' | 'warning';
  text: string;
}

/** News of a rule that became OK, STUCK or SUSPENDED; null for any other change. */
export function newsOf(change: RuleChange, trans: TranslationBundle): News | null {
  if (change.was === null || change.was === change.state) {
    return null;
  }
  switch (change.state) {
    case 'OK':
      return { kind: 'success', text: trans.__('Rule OK: all copies are at %1. %2', change.rse, change.did) };
    case 'STUCK':
      return { kind: 'warning', text: trans.__('Rule STUCK: copies do not reach %1. %2', change.rse, change.did) };
    case 'SUSPENDED':
      return { kind: 'warning', text: trans.__('Rule SUSPENDED: the lake gave up on %1. %2', change.rse, change.did) };
    default:
      return null;
  }
}
