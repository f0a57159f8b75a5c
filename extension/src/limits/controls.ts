/** The row above the plot: colouring, shading, units, saving. */

import type { Chart } from './chart';
import { MOST_SHADED } from './chart';
import { el, labelled } from './dom';
import type { ColourBy } from './model';
import { saveButtons } from './save';
import type { Store } from './state';
import { unitChoices } from './units';

const COLOURINGS: ColourBy[] = ['experiment', 'technique', 'none'];

export function controls(chart: Chart, store: Store): HTMLElement {
  const { model } = chart;
  const colouring = el(
    'select',
    { change: () => store.update({ colourBy: COLOURINGS[colouring.selectedIndex] }) },
    ...COLOURINGS.map(name => el('option', { selected: name === store.state.colourBy }, name))
  );
  const shading = el('input', {
    type: 'checkbox',
    checked: store.state.shaded,
    change: () => store.update({ shaded: shading.checked })
  });
  return el(
    'div',
    { class: 'vre-controls' },
    el('label', {}, 'colour by ', colouring),
    ...unitChoices(model, store),
    ...(model.curves.some(line => line.fill !== 'none')
      ? [labelled(`shade what is excluded (up to ${MOST_SHADED} areas)`, shading)]
      : []),
    ...saveButtons(chart)
  );
}
