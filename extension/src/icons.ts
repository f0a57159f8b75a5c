/** Icons of our own, in the bundle: they take the colours of the theme. */

import { LabIcon } from '@jupyterlab/ui-components';

function icon(name: string, paths: string): LabIcon {
  const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><g class="jp-icon3" fill="#616161">${paths}</g></svg>`;
  return new LabIcon({ name: `vre-dm:${name}`, svgstr });
}

const WAVE =
  'c1.500 0 1.500-1.200 3-1.200s1.500 1.200 3 1.200 1.500-1.200 3-1.200 1.500 1.200 3 1.200v1.700' +
  'c-1.500 0-1.500-1.200-3-1.200s-1.500 1.200-3 1.200-1.500-1.200-3-1.200-1.500 1.200-3 1.200z';
const DRUM =
  'M12 2c4.700 0 8.500 1.500 8.500 3.500v13c0 2-3.800 3.500-8.500 3.500s-8.500-1.500-8.500-3.500v-13C3.500 3.500 7.300 2 12 2z' +
  'm0 2C8.100 4 5.500 5.100 5.500 5.500S8.100 7 12 7s6.500-1.100 6.500-1.500S15.900 4 12 4z' +
  'M5.500 8v10.500c0 .4 2.600 1.500 6.500 1.500s6.500-1.100 6.500-1.500V8C17 8.700 14.700 9 12 9s-5-.3-6.500-1z';

/** Data as a drum, with water in it. */
export const lakeIcon = icon(
  'lake',
  `<path d="${DRUM}" fill-rule="evenodd"/><path d="M6 12.600${WAVE}"/><path d="M6 16.400${WAVE}"/>`
);
export const scopeIcon = icon('scope', '<path d="M3 5h6l2 2h10v12H3zm2 4v8h14V9z"/>');
export const containerIcon = icon(
  'container',
  '<path d="M4 4h7v7H4zm9 0h7v7h-7zm-9 9h7v7H4zm9 0h7v7h-7z" fill-rule="evenodd"/>'
);
export const datasetIcon = icon(
  'dataset',
  '<path d="M12 3l9 4.500-9 4.500-9-4.500z"/><path d="M5 11l7 3.500 7-3.500 2 1-9 4.500L3 12z"/><path d="M5 15.500L12 19l7-3.500 2 1-9 4.500-9-4.500z"/>'
);
export const fileIcon = icon('file', '<path d="M6 2h8l5 5v15H6zm2 2v16h9V8h-4V4z"/>');
export const fetchIcon = icon('fetch', '<path d="M10.500 3h3v8h3.500l-5 5.500L7 11h3.500zM4 18.500h16V21H4z"/>');
export const detailsIcon = icon('details', '<path d="M4 5h16v2H4zm0 4h16v2H4zm0 4h10v2H4zm0 4h13v2H4z"/>');
export const cellIcon = icon('cell', '<path d="M3 4h18v16H3zm2 2v12h14V6zm6 2h2v3h3v2h-3v3h-2v-3H8v-2h3z"/>');
export const limitsIcon = icon(
  'limits',
  '<path d="M3 3h2v16h16v2H3z"/><path d="M6.500 5.500C8 14 11 16.500 14 14.500s4-5 6.500-8l-1.500-1.200c-2.400 3-3.700 5.600-6.100 7.500S9.500 12 8.400 5z"/>'
);
