/** Where labels go: on the visible part of their curve and not on each other. Pixels, origin top left. */

import type { Point } from './paths';

export interface Wish {
  /** candidate anchors, the best first */
  at: Point[];
  width: number;
  /** put there by hand: stays, even on another name */
  fixed: boolean;
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
  return wishes.map(({ at, width, fixed }) => {
    const choice = at.findIndex(point => {
      const box = boxOf(point, width);
      return within(box, frame) && (fixed || !taken.some(other => overlap(box, other)));
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

/** The anchor nearest to a point whose label lies inside the frame. */
export function kept({ x, y }: Point, width: number, frame: Frame): Point {
  return {
    x: Math.max(Math.min(x, frame.right - GAP - width), frame.left - GAP),
    y: Math.max(Math.min(y, frame.bottom + GAP), frame.top + GAP + HEIGHT)
  };
}

export function overlap(a: Frame, b: Frame): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function within(box: Frame, frame: Frame): boolean {
  return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
}
