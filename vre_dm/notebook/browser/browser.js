// What stands around the tree: search, details, selection, fetch.

/** Metadata, copies, rules and citation of one DID. */
function details(said) {
  const tables = said.tables.map(({ title, columns, rows, note }) =>
    el(
      'section',
      {},
      el('h4', {}, title),
      el(
        'table',
        {},
        el('thead', {}, el('tr', {}, ...columns.map(column => el('th', { scope: 'col' }, column)))),
        el('tbody', {}, ...rows.map(row => el('tr', {}, ...row.map(cell => el('td', {}, cell)))))
      ),
      el('p', {}, note)
    )
  );
  return [el('p', { class: 'vre-dm-cite' }, said.cite), ...tables];
}

/** What is known of the row that was looked at last. */
class About {
  constructor(kernel) {
    this.kernel = kernel;
    this.shown = '';
    this.node = el('div', { class: 'vre-dm-details', role: 'region', 'aria-label': 'Details', tabindex: '0' });
  }

  async look(row) {
    const did = row && row.kind !== 'scope' ? row.did : '';
    this.shown = did;
    this.node.replaceChildren(...(did ? [el('p', { class: 'vre-dm-note' }, `${did} …`)] : []));
    await new Promise(done => setTimeout(done, 150)); // who walks on with the arrows asks for none of them
    if (!did || did !== this.shown) {
      return;
    }
    const parts = await this.kernel
      .ask({ ask: 'details', of: did })
      .then(details, error => [el('p', { class: 'vre-dm-failed', role: 'alert' }, error.message)]);
    if (did === this.shown) {
      this.node.replaceChildren(...parts);
    }
  }
}

/** What is selected, the buttons that fetch it and stop that, and how far it is. */
class Foot {
  constructor(kernel, model) {
    this.model = model;
    this.start = button('Fetch', () => this.act(kernel, { ask: 'fetch', dids: this.model.get('selected') }));
    this.stop = button('Stop', () => this.act(kernel, { ask: 'stop' }));
    this.stop.disabled = true;
    this.bar = el('progress', { max: '1', 'aria-label': 'Fetched', hidden: true });
    this.chosen = el('span', { class: 'vre-dm-chosen' });
    this.said = el('span', { class: 'vre-dm-said', role: 'status' });
    this.node = el('div', { class: 'vre-dm-foot' }, this.start, this.stop, this.bar, this.chosen, this.said);
    kernel.onFetch = state => this.told(state);
  }

  act(kernel, question) {
    kernel.ask(question).catch(error => this.told({ state: 'failed', text: error.message, note: '', part: null }));
  }

  told({ state, text, note, part }) {
    const runs = state === 'running';
    this.bar.hidden = !runs;
    if (part === null) {
      this.bar.removeAttribute('value');
    } else {
      this.bar.value = part;
    }
    this.said.textContent = [text, note].filter(Boolean).join(' · ');
    this.said.classList.toggle('vre-dm-failed', state === 'failed');
    this.stop.disabled = !runs;
    this.start.disabled = runs || this.model.get('selected').length === 0;
  }

  selected() {
    const dids = this.model.get('selected');
    const named = `${dids.length} selected: ${dids.slice(0, 3).join(', ')}${dids.length > 3 ? ' …' : ''}`;
    this.chosen.textContent = dids.length ? named : '';
    this.start.disabled = dids.length === 0 || !this.stop.disabled;
  }
}

function button(label, act) {
  return el('button', { type: 'button', onclick: act }, label);
}

/** The words that are searched for; none show the whole tree. */
function searchForm(tree) {
  const words = el('input', {
    type: 'search',
    placeholder: 'xenon:* year>=2017',
    'aria-label': 'Search names and metadata',
    onkeydown: event => event.key === 'Enter' && search(false)
  });
  function search(anew) {
    const text = words.value.trim();
    void tree.show({ ...(text ? { ask: 'search', of: text } : { ask: 'below', of: '' }), anew });
  }
  const buttons = [button('Search', () => search(false)), button('Refresh', () => search(true))];
  return el('div', { role: 'search', class: 'vre-dm-search' }, words, ...buttons);
}

/** Keys pressed here are not for the notebook, whose shortcuts cut and delete cells: it looks at what has the focus. */
function keepKeys(whole) {
  for (const node of whole.querySelectorAll('[tabindex], button, input')) {
    node.setAttribute('data-lm-suppress-shortcuts', 'true');
  }
}

function render({ model, el: host }) {
  const name = `vre-dm-${Date.now().toString(36)}-${views++}`;
  const kernel = new Kernel(model, name);
  const about = new About(kernel);
  const foot = new Foot(kernel, model);
  const tree = new Tree(kernel, model, name, row => about.look(row));
  const title = el('div', { class: 'vre-dm-title' }, model.get('title'));
  const both = el('div', { class: 'vre-dm-both' }, tree.node, about.node);
  const whole = el('div', { class: 'vre-dm-browser' }, title, searchForm(tree), both, foot.node);
  keepKeys(whole);
  host.append(whole);

  const selected = () => {
    foot.selected();
    tree.draw();
  };
  model.on('change:selected', selected);
  selected();
  const sized = new ResizeObserver(() => tree.draw());
  sized.observe(tree.node);
  return () => {
    sized.disconnect();
    kernel.dispose();
    model.off('change:selected', selected);
  };
}

export default { render };
