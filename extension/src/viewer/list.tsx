/** The curves to choose from: a long list with a tick box a curve, by mouse and by keyboard. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Rows } from '../rows/rows';
import type { Choice } from './filter';
import { keyOf } from './filter';
import type { CurvesModel } from './model';

interface Props {
  model: CurvesModel;
  trans: TranslationBundle;
}

/** The list; Space and Enter tick the curve that has the focus. */
export function CurveList({ model, trans }: Props): React.ReactElement {
  const { shown } = model;
  const ticked = new Set(model.ticked);
  return (
    <div className="vre-curves-list" onKeyDownCapture={event => onSpace(event, model)}>
      <Rows<Choice>
        role="grid"
        label={trans.__('Limit curves')}
        count={shown.length}
        at={index => shown[index]}
        keyOf={keyOf}
        facts={curve => ({ text: curve.label })}
        render={curve => <Curve {...{ curve, model, trans }} ticked={ticked.has(keyOf(curve))} />}
        onAct={curve => void model.toggle(keyOf(curve))}
      />
    </div>
  );
}

/** Before the list takes the key for its own selection, which is of no use here. */
function onSpace(event: React.KeyboardEvent, model: CurvesModel): void {
  const row = event.target as HTMLElement;
  const curve = model.shown[Number(row.dataset.index ?? -1)];
  if (event.key === ' ' && curve !== undefined) {
    event.preventDefault();
    event.stopPropagation();
    void model.toggle(keyOf(curve));
  }
}

function Curve({ curve, ticked, model, trans }: Props & { curve: Choice; ticked: boolean }): React.ReactElement {
  const { label, symbol, kind, channel, year, path } = curve;
  const about = [symbol, channel, kind, path ?? year].filter(Boolean).join(' · ');
  return (
    <>
      <span role="gridcell">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={ticked}
          aria-label={trans.__('Show %1, %2', label, symbol)}
          onChange={() => void model.toggle(keyOf(curve))}
          onDoubleClick={event => event.stopPropagation()}
        />
      </span>
      <span role="gridcell" className="vre-curve-text" title={told(curve, trans)}>
        <span>{label}</span>
        <span className="vre-curve-about">{about}</span>
      </span>
    </>
  );
}

/** What stands in the tooltip. */
function told({ id, technique, complete, unknown }: Choice, trans: TranslationBundle): string {
  const known = trans.__('%1 of %2 facts are known', complete[0], complete[1]);
  const missing = unknown.length ? trans.__('not stated: %1', unknown.join(', ')) : '';
  return [id, technique, known, missing].filter(Boolean).join('\n');
}
