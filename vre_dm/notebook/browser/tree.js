// The tree of the browser; only its visible lines are in the page.

/** The tree: levels that are open, the row with the focus, what is selected. */
class Tree {
  constructor(kernel, model, name, onActive) {
    Object.assign(this, { kernel, model, name, onActive });
    this.active = 0;
    this.lines = [];
    this.inner = el('div', { class: 'vre-dm-lines', role: 'presentation' });
    this.node = el('div', {
      class: 'vre-dm-tree',
      role: 'tree',
      tabindex: '0',
      'aria-label': 'Data lake',
      'aria-multiselectable': 'true',
      onkeydown: event => this.key(event),
      onclick: event => this.click(event),
      onscroll: () => this.draw()
    });
    this.node.append(this.inner);
    this.show({ ask: 'below', of: '' });
  }

  /** Show the answer to a question from its first row on. */
  async show(question) {
    this.root = new Level(question, 1);
    this.active = 0;
    this.node.scrollTop = 0;
    this.flatten();
    await this.load(this.root, 0);
  }

  async load(level, index) {
    if (await level.page(index, this.kernel)) {
      this.flatten();
    }
  }

  /** One entry a line: a row that came, a place for one that has not, or a sentence. */
  flatten() {
    const kept = this.lines[this.active]?.row;
    this.lines = [];
    const add = level => {
      const total = level.known || (level.done ? 0 : 1);
      for (let index = 0; index < total; index += 1) {
        const row = level.rows[index];
        this.lines.push({ level, index, row });
        if (row?.level) {
          add(row.level);
        }
      }
      if (level.note) {
        this.lines.push({ level, note: level.note });
      } else if (level.done && level.known === 0) {
        this.lines.push({ level, note: 'nothing here' });
      }
    };
    add(this.root);
    const at = kept ? this.lines.findIndex(line => line.row === kept) : -1;
    this.active = Math.min(at < 0 ? this.active : at, Math.max(0, this.lines.length - 1));
    this.draw();
  }

  get height() {
    return parseFloat(getComputedStyle(this.inner).lineHeight) || 24;
  }

  /** Put the visible lines into the page, and ask for those that have not come. */
  draw() {
    const { height } = this;
    const first = Math.max(0, Math.floor(this.node.scrollTop / height) - SPARE);
    const end = Math.min(this.lines.length, first + Math.ceil(this.node.clientHeight / height) + 2 * SPARE);
    this.inner.style.height = `${this.lines.length * height}px`;
    const chosen = new Set(this.model.get('selected'));
    const shown = [];
    for (let at = first; at < end; at += 1) {
      shown.push(this.line(at, height, chosen));
    }
    if (this.active < first || this.active >= end) {
      shown.push(...(this.lines.length ? [this.line(this.active, height, chosen)] : []));
    }
    this.inner.replaceChildren(...shown);
    this.node.setAttribute('aria-activedescendant', this.idOf(this.active));
    const missing = this.lines.slice(first, end).filter(({ row, note, index }) => !row && !note && index !== undefined);
    missing.forEach(({ level, index }) => void this.load(level, index));
    const last = this.lines[end - 1];
    if (last?.row && !last.level.done && last.index === last.level.known - 1) {
      void this.load(last.level, last.level.known);
    }
  }

  idOf(at) {
    return `${this.name}-line-${at}`;
  }

  line(at, height, chosen) {
    const { level, index, row, note } = this.lines[at];
    const opens = row && row.kind !== 'file';
    const node = el('div', {
      id: this.idOf(at),
      class: `vre-dm-line${at === this.active ? ' vre-dm-active' : ''}`,
      role: 'treeitem',
      'data-at': at,
      'aria-level': level.depth,
      'aria-posinset': index === undefined ? null : index + 1,
      'aria-setsize': level.done ? level.known || 1 : -1,
      'aria-expanded': opens ? String(Boolean(row.level)) : null,
      'aria-selected': row ? String(chosen.has(row.did)) : 'false'
    });
    node.style.top = `${at * height}px`;
    node.style.paddingInlineStart = `${level.depth * 1.1 - 0.6}em`;
    if (note) {
      node.append(el('span', { class: 'vre-dm-note' }, note));
      return node;
    }
    const sign = !opens ? '' : row.level ? '▾' : '▸';
    node.append(
      el('span', { class: 'vre-dm-twisty', 'aria-hidden': 'true' }, sign),
      el('span', { class: 'vre-dm-name', title: row?.did }, row ? row.name : '…'),
      el('span', { class: 'vre-dm-about' }, row ? [row.kind, row.about].filter(Boolean).join(', ') : '')
    );
    return node;
  }

  /** Open or close a row. */
  toggleOpen(at, open) {
    const { row, level } = this.lines[at] ?? {};
    if (!row || row.kind === 'file' || Boolean(row.level) === open) {
      return;
    }
    row.level = open ? new Level({ ask: 'below', of: row.did }, level.depth + 1) : null;
    this.flatten();
    if (open) {
      void this.load(row.level, 0);
    }
  }

  /** Select one, or one more; scopes are ways, not data. */
  select(at, more) {
    const row = this.lines[at]?.row;
    if (!row || row.kind === 'scope') {
      return;
    }
    const before = this.model.get('selected');
    const next = !more
      ? [row.did]
      : before.includes(row.did)
        ? before.filter(did => did !== row.did)
        : [...before, row.did];
    this.model.set('selected', next);
    this.model.save_changes();
    this.draw();
  }

  go(to) {
    this.active = Math.max(0, Math.min(to, this.lines.length - 1));
    const top = this.active * this.height;
    const lowest = top + this.height - this.node.clientHeight;
    this.node.scrollTop = Math.max(lowest, Math.min(top, this.node.scrollTop));
    this.draw();
    this.onActive(this.lines[this.active]?.row);
  }

  click(event) {
    const line = event.target.closest('.vre-dm-line');
    if (!line) {
      return;
    }
    const at = Number(line.dataset.at);
    const row = this.lines[at].row;
    this.go(at);
    if (event.target.closest('.vre-dm-twisty') || row?.kind === 'scope') {
      this.toggleOpen(at, !row?.level);
    } else {
      this.select(at, event.ctrlKey || event.metaKey || event.shiftKey);
    }
  }

  key(event) {
    const { active, lines } = this;
    const row = lines[active]?.row;
    const page = Math.max(1, Math.floor(this.node.clientHeight / this.height) - 1);
    const rtl = getComputedStyle(this.node).direction === 'rtl';
    const [into, out] = rtl ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
    const parent = () => lines.findLastIndex((line, at) => at < active && line.level.depth < lines[active].level.depth);
    const acts = {
      ArrowDown: () => this.go(active + 1),
      ArrowUp: () => this.go(active - 1),
      Home: () => this.go(0),
      End: () => this.go(lines.length - 1),
      PageDown: () => this.go(active + page),
      PageUp: () => this.go(active - page),
      [into]: () => (row?.level ? this.go(active + 1) : this.toggleOpen(active, true)),
      [out]: () => (row?.level ? this.toggleOpen(active, false) : parent() >= 0 && this.go(parent())),
      Enter: () => (row?.kind === 'file' ? this.select(active, false) : this.toggleOpen(active, !row?.level)),
      ' ': () => this.select(active, true)
    };
    if (acts[event.key] && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      acts[event.key]();
    }
  }
}
