/** Type-ahead: the row whose text begins with what was typed in one go. */

const PAUSE = 800; // milliseconds after which a new word begins

/** Remembers what was typed; the caller says when. */
export class TypeAhead {
  private typed = '';
  private at = -Infinity;

  /** Whether a word is being typed, in which a space is a letter. */
  active(now: number): boolean {
    return now - this.at <= PAUSE && this.typed !== '';
  }

  /** Index of the row to go to after this letter, or `from` if none fits. */
  find(letter: string, now: number, from: number, count: number, textAt: (index: number) => string): number {
    this.typed = this.active(now) ? this.typed + letter.toLowerCase() : letter.toLowerCase();
    this.at = now;
    // The same letter again and again goes from hit to hit; a longer word may stay where it is.
    const repeated = [...this.typed].every(one => one === this.typed[0]);
    const word = repeated ? this.typed[0] : this.typed;
    for (let step = repeated ? 1 : 0; step <= count; step += 1) {
      const index = (from + step) % count;
      if (textAt(index).slice(0, word.length).toLowerCase() === word) {
        return index;
      }
    }
    return from;
  }
}
