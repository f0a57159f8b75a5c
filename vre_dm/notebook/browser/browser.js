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

function render({ model, el: host }) {
  const name = `vre-dm-${Date.now().toString(36)}-${views++}`;
  const kernel = new Kernel(model, name);
  const about = el('div', { class: 'vre-dm-details', role: 'region', 'aria-label': 'Details', tabindex: '0' });
  const bar = el('progress', { max: '1', 'aria-label': 'Fetched', hidden: true });
  const said = el('span', { class: 'vre-dm-said', role: 'status' });
  const chosen = el('span', { class: 'vre-dm-chosen' });
  const button = (label, act) => el('button', { type: 'button', onclick: act }, label);
  const start = button('Fetch', () => act({ ask: 'fetch' }));
  const stop = button('Stop', () => act({ ask: 'stop' }));
  stop.disabled = true;

  function act(question) {
    kernel.ask(question).catch(error => told({ state: 'failed', text: error.message, note: '', part: null }));
  }

  function told({ state, text, note, part }) {
    const runs = state === 'running';
    bar.hidden = !runs;
    if (part === null) {
      bar.removeAttribute('value');
    } else {
      bar.value = part;
    }
    said.textContent = [text, note].filter(Boolean).join(' · ');
    said.classList.toggle('vre-dm-failed', state === 'failed');
    stop.disabled = !runs;
    start.disabled = runs || model.get('selected').length === 0;
  }
  kernel.onFetch = told;

  let shown = '';
  async function look(row) {
    shown = row && row.kind !== 'scope' ? row.did : '';
    const did = shown;
    about.replaceChildren(...(did ? [el('p', { class: 'vre-dm-note' }, `${did} …`)] : []));
    if (!did) {
      return;
    }
    await new Promise(done => setTimeout(done, 150)); // who walks on with the arrows asks for none of them
    if (did !== shown) {
      return;
    }
    const parts = await kernel
      .ask({ ask: 'details', of: did })
      .then(details, error => [el('p', { class: 'vre-dm-failed', role: 'alert' }, error.message)]);
    if (did === shown) {
      about.replaceChildren(...parts);
    }
  }

  const tree = new Tree(kernel, model, name, look);
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
  const form = el(
    'div',
    { role: 'search', class: 'vre-dm-search' },
    words,
    button('Search', () => search(false)),
    button('Refresh', () => search(true))
  );

  function selected() {
    const dids = model.get('selected');
    chosen.textContent = dids.length
      ? `${dids.length} selected: ${dids.slice(0, 3).join(', ')}${dids.length > 3 ? ' …' : ''}`
      : '';
    start.disabled = dids.length === 0 || !stop.disabled;
    tree.draw();
  }
  model.on('change:selected', selected);
  selected();

  const whole = el(
    'div',
    { class: 'vre-dm-browser' },
    el('div', { class: 'vre-dm-title' }, model.get('title')),
    form,
    el('div', { class: 'vre-dm-both' }, tree.node, about),
    el('div', { class: 'vre-dm-foot' }, start, stop, bar, chosen, said)
  );
  // Keys pressed here are not for the notebook, whose shortcuts cut and delete cells. It looks at what has the
  // focus before it looks at what is around that.
  for (const node of whole.querySelectorAll('[tabindex], button, input')) {
    node.setAttribute('data-lm-suppress-shortcuts', 'true');
  }
  host.append(whole);
  const sized = new ResizeObserver(() => tree.draw());
  sized.observe(tree.node);
  return () => {
    sized.disconnect();
    kernel.dispose();
    model.off('change:selected', selected);
  };
}

export default { render };
