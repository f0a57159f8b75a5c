/** Keys of metadata in words. */

import type { TranslationBundle } from '@jupyterlab/translation';

/** What a key means, in words; one that nobody named here stays as it is written. */
export function keyText(key: string, trans: TranslationBundle): string {
  const words = wordsOf(trans);
  return Object.hasOwn(words, key) ? words[key] : key;
}

/** What is told in words comes first, in the order of the words below: a title before all else. */
export function inOrder<T extends { key: string }>(items: readonly T[], trans: TranslationBundle): T[] {
  const known = Object.keys(wordsOf(trans));
  const rank = ({ key }: T) => (known.includes(key) ? known.indexOf(key) : known.length);
  return [...items].sort((a, b) => rank(a) - rank(b));
}

function wordsOf(trans: TranslationBundle): Record<string, string> {
  return { ...ofPublications(trans), ...ofCurves(trans), ...ofTables(trans), ...ofTheLake(trans) };
}

/** What whoever publishes is asked for. */
function ofPublications(trans: TranslationBundle): Record<string, string> {
  return {
    title: trans.__('Title'),
    description: trans.__('Description'),
    experiment: trans.__('Experiment'),
    technique: trans.__('Technique'),
    product: trans.__('Product'),
    year: trans.__('Year'),
    arxiv: trans.__('arXiv'),
    arxiv_version: trans.__('arXiv version'),
    doi: trans.__('DOI'),
    licence: trans.__('Licence'),
    source: trans.__('Source'),
    citation: trans.__('Citation'),
    simulated: trans.__('Simulated'),
    embargo_until: trans.__('Embargo until'),
    columns: trans.__('Columns'),
    name: trans.__('Name'),
    unit: trans.__('Unit')
  };
}

/** Of limit curves. */
function ofCurves(trans: TranslationBundle): Record<string, string> {
  return {
    curve: trans.__('Curve'),
    curves: trans.__('Curves'),
    curve_kind: trans.__('Kind of curve'),
    quantity: trans.__('Quantity'),
    channel: trans.__('Channel'),
    geometry: trans.__('Geometry'),
    origin: trans.__('Origin'),
    checked: trans.__('Checked'),
    cl: trans.__('Confidence level'),
    cl_source: trans.__('Source of the confidence level'),
    model: trans.__('Model'),
    mediator: trans.__('Mediator')
  };
}

/** Of tables of measurements. */
function ofTables(trans: TranslationBundle): Record<string, string> {
  return {
    format: trans.__('Format'),
    rows: trans.__('Rows'),
    target: trans.__('Target'),
    targets: trans.__('Targets'),
    energy_bins: trans.__('Energy bins'),
    flux_points: trans.__('Flux points'),
    flavour: trans.__('Flavour'),
    particle: trans.__('Particle'),
    response: trans.__('Response'),
    extension: trans.__('Extension'),
    selection: trans.__('Selection'),
    axis: trans.__('Axis'),
    electroweak_corrections: trans.__('Electroweak corrections'),
    exposure_tonne_year: trans.__('Exposure in tonne years'),
    energy_cut_keV: trans.__('Energy cut'),
    luminosity_fb: trans.__('Luminosity in 1/fb')
  };
}

/** What the lake itself writes down. */
function ofTheLake(trans: TranslationBundle): Record<string, string> {
  return {
    created_at: trans.__('Created'),
    expired_at: trans.__('Expires'),
    events: trans.__('Events'),
    project: trans.__('Project'),
    campaign: trans.__('Campaign'),
    datatype: trans.__('Type of data'),
    run_number: trans.__('Run number'),
    stream_name: trans.__('Stream'),
    version: trans.__('Version')
  };
}
