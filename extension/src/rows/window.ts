/** Which rows of a long list are in the page, and how far to scroll to see one. */

/** Rows kept above and below the visible ones, so that a turn of the wheel shows no gap. */
const SPARE = 12;
/** Never more rows than this in the page, however small the font. */
const MOST = 180;

/** What is seen of the list, in pixels. */
export interface Port {
  top: number;
  height: number;
  row: number;
}

/** A range of rows: the first, and the one after the last. */
export interface Range {
  first: number;
  end: number;
}

/** The rows that are kept in the page. */
export function kept(port: Port, count: number): Range {
  if (port.row <= 0 || count <= 0) {
    return { first: 0, end: Math.min(Math.max(count, 0), SPARE) };
  }
  const top = Math.min(Math.max(port.top, 0), Math.max(0, count * port.row - port.height));
  const first = Math.max(0, Math.floor(top / port.row) - SPARE);
  const wanted = Math.ceil((top + port.height) / port.row) + SPARE;
  return { first, end: Math.min(count, wanted, first + MOST) };
}

/** Whether some of a row is in sight. */
export function isSeen(port: Port, index: number): boolean {
  return (index + 1) * port.row > port.top && index * port.row < port.top + port.height;
}

/** How far to scroll so that a row is seen whole, and those up to another one as far as they fit; as it is, if they are. */
export function scrolled(port: Port, index: number, last = index): number {
  const above = index * port.row;
  const below = (last + 1) * port.row - port.height;
  return Math.max(0, Math.min(above, Math.max(port.top, below)));
}

/** How many rows a page is, for PageUp and PageDown. */
export function pageOf(port: Port): number {
  return port.row > 0 ? Math.max(1, Math.floor(port.height / port.row) - 1) : 1;
}
