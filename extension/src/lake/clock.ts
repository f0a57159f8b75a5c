/** How long the token of a login still lives, in words, and how urgent that is. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Login } from '../api/types';

/** What the clock shows. */
export interface Clock {
  text: string;
  /** `gone`: nothing works until there is a new token; `soon`: time to act. */
  level: 'fine' | 'soon' | 'gone';
}

/** Minutes before the end at which the user is warned. */
export const WARNING = 15;

/** The clock of a login at this moment (milliseconds since 1970); null where no token ends. */
export function clockOf(login: Login, now: number, trans: TranslationBundle, warning = WARNING): Clock | null {
  if (login.problem) {
    return { text: trans.__('login refused'), level: 'gone' };
  }
  const ends = login.expires === null ? NaN : Date.parse(login.expires);
  if (Number.isNaN(ends)) {
    return null;
  }
  const seconds = Math.floor((ends - now) / 1000);
  if (seconds <= 0) {
    return { text: trans.__('token expired'), level: 'gone' };
  }
  return {
    text: trans.__('token: %1 left', leftText(seconds, trans)),
    level: seconds <= 60 * warning ? 'soon' : 'fine'
  };
}

/** Hours and minutes, rounded down: nobody should count on a minute that is not there. */
function leftText(seconds: number, trans: TranslationBundle): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) {
    return trans.__('less than a minute');
  }
  if (minutes < 60) {
    return trans._n('%1 min', '%1 min', minutes);
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? trans.__('%1 h %2 min', hours, minutes % 60) : trans.__('%1 days', Math.floor(hours / 24));
}

/** Milliseconds until the words change. */
export function nextTick(login: Login, now: number): number {
  const left = login.expires === null ? Infinity : Date.parse(login.expires) - now;
  return left > 0 && Number.isFinite(left) ? (left % 60_000) + 200 : 60_000;
}
