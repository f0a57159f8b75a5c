/** The questions above the list of curves: words, one value of each property, and years. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { CurveFilter, Trait } from './filter';
import { EVERY_CURVE, TRAITS, asks, valuesOf } from './filter';
import type { CurvesModel } from './model';

interface Props {
  model: CurvesModel;
  trans: TranslationBundle;
}

/** The filters, and how many curves they leave. */
export function CurveFilters({ model, trans }: Props): React.ReactElement {
  const { filter } = model;
  const change = (part: Partial<CurveFilter>) => {
    model.filter = { ...model.filter, ...part };
  };
  return (
    <form
      className="vre-curves-filters"
      role="search"
      aria-label={trans.__('Filter curves')}
      onSubmit={event => event.preventDefault()}
    >
      <input
        type="search"
        className="jp-mod-styled"
        value={filter.text}
        placeholder={trans.__('Filter curves')}
        aria-label={trans.__('Words in a curve')}
        onChange={event => change({ text: event.target.value })}
      />
      {TRAITS.map(trait => (
        <OneOf key={trait} {...{ trait, model, trans }} onChange={value => change({ [trait]: value })} />
      ))}
      <span className="vre-curves-years">
        <Year label={trans.__('From year')} value={filter.from} onChange={from => change({ from })} />
        <Year label={trans.__('To year')} value={filter.to} onChange={to => change({ to })} />
      </span>
      <Count model={model} trans={trans} change={change} />
    </form>
  );
}

/** How many curves are left, those that are ticked alone, and the way back to all. */
function Count({ model, trans, change }: Props & { change: (part: Partial<CurveFilter>) => void }): React.ReactElement {
  const { filter, curves, shown, ticked } = model;
  return (
    <p className="vre-curves-count">
      <span aria-live="polite">{trans.__('%1 of %2 curves', shown.length, curves.length)}</span>
      <label>
        <input
          type="checkbox"
          checked={filter.ticked}
          disabled={ticked.length === 0 && !filter.ticked}
          onChange={event => change({ ticked: event.target.checked })}
        />
        {trans.__('Only the ticked (%1)', ticked.length)}
      </label>
      {asks(filter) && (
        <button type="button" className="jp-Button jp-mod-minimal" onClick={() => change(EVERY_CURVE)}>
          {trans.__('Show all')}
        </button>
      )}
    </p>
  );
}

interface OneOfProps extends Props {
  trait: Trait;
  onChange: (value: string) => void;
}

function OneOf({ trait, model, trans, onChange }: OneOfProps): React.ReactElement {
  const symbols = new Map(model.curves.map(curve => [curve.quantity, curve.symbol]));
  const named = (value: string) => (trait === 'quantity' ? (symbols.get(value) ?? value) : value);
  return (
    <select
      className="jp-mod-styled"
      aria-label={titles(trans)[trait][0]}
      value={model.filter[trait]}
      onChange={event => onChange(event.target.value)}
    >
      <option value="">{titles(trans)[trait][1]}</option>
      {valuesOf(model.curves, trait).map(value => (
        <option key={value} value={value}>
          {named(value)}
        </option>
      ))}
    </select>
  );
}

/** Of each property its name, and what stands there while nothing is asked for. */
function titles(trans: TranslationBundle): Record<Trait, [string, string]> {
  return {
    quantity: [trans.__('Quantity'), trans.__('Every quantity')],
    technique: [trans.__('Technique'), trans.__('Every technique')],
    experiment: [trans.__('Experiment'), trans.__('Every experiment')],
    kind: [trans.__('Kind'), trans.__('Every kind')]
  };
}

interface YearProps {
  label: string;
  value: number | null;
  onChange: (year: number | null) => void;
}

function Year({ label, value, onChange }: YearProps): React.ReactElement {
  return (
    <input
      type="number"
      className="jp-mod-styled"
      min={1900}
      max={2999}
      aria-label={label}
      placeholder={label}
      value={value ?? ''}
      onChange={event => onChange(event.target.value === '' ? null : Number(event.target.value))}
    />
  );
}
