/** What the keyboard takes hold of to move a name: an invisible button over each, all one stop of the Tab key. */

import { el } from './dom';
import type { Point } from './paths';
import type { Frame } from './place';

export interface Actions {
  /** a curve's name has the focus, or none has */
  focus(curve: number | null): void;
  /** pixels, y downwards */
  move(curve: number, by: Point): void;
  back(curve: number): void;
  say(text: string): void;
}

export interface Handle {
  curve: number;
  text: string;
  box: Frame;
}

const STEP_PX = 8;
const FAR_PX = 40;
const KEYS =
  'Arrow keys move the name, with Shift farther. Home puts it back. Page Down and Page Up go to other names.';
const WAYS: Record<string, { by: Point; word: string }> = {
  ArrowLeft: { by: { x: -1, y: 0 }, word: 'left' },
  ArrowRight: { by: { x: 1, y: 0 }, word: 'right' },
  ArrowUp: { by: { x: 0, y: -1 }, word: 'up' },
  ArrowDown: { by: { x: 0, y: 1 }, word: 'down' }
};

export class Handles {
  readonly element = el('div', { class: 'vre-handles', role: 'group', 'aria-label': 'Names on the curves' });
  private buttons = new Map<number, HTMLButtonElement>();
  /** the curve whose name the Tab key stops at */
  private stop: number | null = null;

  constructor(private actions: Actions) {}

  /** One button for each name that is on the plot, in the order of the curves. */
  show(handles: readonly Handle[]): void {
    const shown = new Map(handles.map(handle => [handle.curve, handle]));
    this.buttons.forEach((button, curve) => {
      if (!shown.has(curve)) {
        button.remove();
        this.buttons.delete(curve);
      }
    });
    for (const handle of handles) {
      const { style } = this.buttons.get(handle.curve) ?? this.added(handle);
      style.transform = `translate(${handle.box.left}px, ${handle.box.top}px)`;
    }
    this.stopAt(this.stop !== null && shown.has(this.stop) ? this.stop : (this.curves()[0] ?? null));
  }

  private added({ curve, text, box }: Handle): HTMLButtonElement {
    const button = el('button', {
      type: 'button',
      tabindex: -1,
      'aria-label': `Name of ${text}`,
      'aria-description': KEYS,
      focus: () => this.actions.focus(curve),
      blur: () => this.actions.focus(null),
      keydown: event => this.key(curve, text, event as KeyboardEvent)
    });
    button.style.width = `${box.right - box.left}px`;
    button.style.height = `${box.bottom - box.top}px`;
    const after = this.curves().find(other => other > curve);
    this.element.insertBefore(button, (after !== undefined && this.buttons.get(after)) || null);
    this.buttons.set(curve, button);
    return button;
  }

  private key(curve: number, text: string, event: KeyboardEvent): void {
    const way = WAYS[event.key];
    const other = { PageDown: 1, PageUp: -1 }[event.key];
    if (way) {
      const length = event.shiftKey ? FAR_PX : STEP_PX;
      this.actions.move(curve, { x: way.by.x * length, y: way.by.y * length });
      this.actions.say(`Name of ${text} moved ${way.word}`);
    } else if (event.key === 'Home') {
      this.actions.back(curve);
      this.actions.say(`Name of ${text} put back`);
    } else if (other) {
      this.go(curve, other);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private go(from: number, step: number): void {
    const curves = this.curves();
    const next = curves[(curves.indexOf(from) + step + curves.length) % curves.length];
    this.stopAt(next);
    this.buttons.get(next)?.focus();
  }

  private stopAt(curve: number | null): void {
    const stop = (at: number | null, tabindex: string): void =>
      this.buttons.get(at ?? -1)?.setAttribute('tabindex', tabindex);
    stop(this.stop, '-1');
    stop(curve, '0');
    this.stop = curve;
  }

  private curves(): number[] {
    return [...this.buttons.keys()].sort((a, b) => a - b);
  }
}
