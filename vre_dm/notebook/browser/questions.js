// The lake below a cell: a search, a tree of which only the visible rows are in the page, details, and a fetch.
// Names and metadata are only ever text. All questions go to the kernel; nothing is asked from anywhere else.

const PAGE = 200; // rows of one question, as the kernel gives at most
const SPARE = 6; // rows kept above and below the visible ones

let views = 0;

/** An element with properties and children; children are elements or text. */
function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) {
      node.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...children);
  return node;
}

/** Questions to the kernel, each with its answer. */
class Kernel {
  constructor(model, name) {
    this.model = model;
    this.name = name;
    this.count = 0;
    this.waiting = new Map();
    this.onFetch = () => undefined;
    this.hear = answer => this.heard(answer);
    model.on('msg:custom', this.hear);
  }

  ask(question) {
    const id = `${this.name}-${this.count++}`;
    this.model.send({ id, ...question });
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  heard(answer) {
    if (answer.fetch) {
      this.onFetch(answer.fetch);
      return;
    }
    const { resolve, reject } = this.waiting.get(answer.to) ?? {};
    this.waiting.delete(answer.to);
    if (answer.error) {
      reject?.(new Error(answer.error));
    } else {
      resolve?.(answer);
    }
  }

  dispose() {
    this.model.off('msg:custom', this.hear);
  }
}

/** What lies below a node or was found: rows that came, and how many there are. */
class Level {
  constructor(question, depth) {
    this.question = question;
    this.depth = depth;
    this.rows = [];
    this.known = 0;
    this.done = false;
    this.note = '';
    this.asked = new Set();
  }

  /** Ask for the page that holds a row, once. */
  async page(index, kernel) {
    const start = Math.floor(index / PAGE) * PAGE;
    if (this.asked.has(start)) {
      return false;
    }
    this.asked.add(start); // for good: what failed is asked for again by "Refresh"
    const question = { ...this.question, start, count: PAGE };
    delete this.question.anew;
    try {
      const got = await kernel.ask(question);
      this.note = got.note;
      this.known = Math.max(this.known, got.known);
      this.done = this.done || got.done;
      got.rows.forEach((row, i) => {
        this.rows[start + i] ??= { ...row, level: null };
      });
    } catch (error) {
      this.note = error.message;
      this.done = true;
    }
    return true;
  }
}
