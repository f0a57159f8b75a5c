// One slider a parameter of the halo; the kernel answers each step with a new plot, or says why there is none.

// On what has the focus itself: else the notebook takes arrows for its cells.
const OWN_KEYS = { 'data-lm-suppress-shortcuts': 'true' };

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** As many digits as a step has. */
function written(value, step) {
  return value.toFixed(step < 0.1 ? 2 : step < 1 ? 1 : 0);
}

function row({ model, slider }) {
  const { name, title, unit, low, high, step } = slider;
  const input = element('input', { type: 'range', min: low, max: high, step, ...OWN_KEYS });
  const shown = element('span', { class: 'vre-dm-value', 'aria-hidden': 'true' }); // the slider says it
  const refresh = () => {
    const value = model.get('values')[name];
    if (Number(input.value) !== value) {
      input.value = value;
    }
    shown.textContent = `${written(value, step)} ${unit}`;
    input.setAttribute('aria-valuetext', shown.textContent);
  };
  input.addEventListener('input', () => {
    model.set('values', { ...model.get('values'), [name]: Number(input.value) });
    model.save_changes();
    refresh();
  });
  return { refresh, label: element('label', {}, element('span', {}, title), input, shown) };
}

function render({ model, el: host }) {
  const place = element('div', { class: 'vre-dm-halo', role: 'group', 'aria-label': 'Halo' });
  const said = element('p', { role: 'status' });
  const back = element('button', { type: 'button', ...OWN_KEYS }, 'As at the start');
  back.addEventListener('click', () => {
    model.set('values', model.get('start'));
    model.save_changes();
  });
  let rows = [];
  const build = () => {
    rows = model.get('sliders').map(slider => row({ model, slider }));
    place.replaceChildren(...rows.map(each => each.label), back, said);
    refresh();
  };
  const refresh = () => rows.forEach(each => each.refresh());
  const say = () => {
    said.textContent = model.get('said');
  };
  const heard = { 'change:sliders': build, 'change:values': refresh, 'change:said': say };
  Object.entries(heard).forEach(([event, answer]) => model.on(event, answer));
  build();
  say();
  host.append(place);
  return () => Object.entries(heard).forEach(([event, answer]) => model.off(event, answer));
}

export default { render };
