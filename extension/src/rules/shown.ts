/** Which rules are shown: those that fit a text, a page of them at a time. */

import type { Rule } from '../api/types';

/** Rules on the screen at once; an account may have thousands. */
export const PAGE = 50;

/** What the reader chose. */
export interface View {
  text: string;
  page: number;
}

/** A page of the rules that fit. */
export interface Shown {
  rules: readonly Rule[];
  total: number;
  /** Index of the first, of the total. */
  first: number;
  pages: number;
  page: number;
}

/** Each word must be in the DID, the RSE or the state; a page that is no longer there becomes the last one. */
export function shownOf(rules: readonly Rule[], view: View): Shown {
  const words = view.text.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = rules.filter(({ did, rse, state }) => {
    const said = `${did} ${rse} ${state}`.toLowerCase();
    return words.every(word => said.includes(word));
  });
  const pages = Math.max(1, Math.ceil(fitting.length / PAGE));
  const page = Math.min(Math.max(0, view.page), pages - 1);
  const first = page * PAGE;
  return { rules: fitting.slice(first, first + PAGE), total: fitting.length, first, pages, page };
}
