/** Where labels go: on the visible part of their curve and not on each other. Pixels, origin top left. */

import type { Point } from './paths';

export interface Wish {
  /** candidate anchors, the best first */
  at: Point[];
  width: number;
}

export interface Frame {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const HEIGHT = 16;
const GAP = 4;

/** The candidate each label takes, null where none is free; earlier labels go first. */
export function place(wishes: readonly Wish[], frame: Frame): (number | null)[] {
  const taken: Frame[] = [];
  return wishes.map(({ at, width }) => {
    const choice = at.findIndex(point => {
      const box = boxOf(point, width);
      return within(box, frame) && !taken.some(other => overlap(box, other));
    });
    if (choice < 0) {
      return null;
    }
    taken.push(boxOf(at[choice], width));
    return choice;
  });
}

/** The box of a label whose text starts at the lower left of its anchor. */
export function boxOf({ x, y }: Point, width: number): Frame {
  return { left: x + GAP, top: y - GAP - HEIGHT, right: x + GAP + width, bottom: y - GAP };
}

export function overlap(a: Frame, b: Frame): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function within(box: Frame, frame: Frame): boolean {
  return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
}
