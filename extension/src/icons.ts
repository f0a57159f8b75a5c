/** Icons of our own, in the bundle: they take the colours of the theme. */

import { LabIcon } from '@jupyterlab/ui-components';

function icon(name: string, paths: string): LabIcon {
  const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><g class="jp-icon3" fill="#616161">${paths}</g></svg>`;
  return new LabIcon({ name: `vre-dm:${name}`, svgstr });
}

const WAVE =
  'c2 0 2-1.2 4-1.2s2 1.2 4 1.2 2-1.2 4-1.2 2 1.2 4 1.2 2-1.2 3-1.2v2c-1.5 0-1.5 1.2-3.2 1.2s-2-1.2-3.9-1.2-2 1.2-4 1.2-2-1.2-4-1.2-2 1.2-4 1.2z';

export const lakeIcon = icon(
  'lake',
  `<path d="M12 2l4.5 4.5h-3V12h-3V6.500h-3z"/><path d="M1.500 15${WAVE}"/><path d="M1.500 19.500${WAVE}"/>`
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
