/** The limits viewer: on one side the curves to choose from, on the other the plot of those that are ticked. */

import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { Panel, SplitPanel } from '@lumino/widgets';
import type { Widget } from '@lumino/widgets';
import * as React from 'react';
import type { ICellWriter } from '../tokens';
import { PlotActions } from './actions';
import { CurveFilters } from './filters';
import { CurveList } from './list';
import type { CurvesModel, Refusal } from './model';
import { OverlayPlot } from './plot';

const NARROW = 560; // pixels

/** What a viewer is made of. */
export interface ViewerParts {
  model: CurvesModel;
  rendermime: IRenderMimeRegistry;
  writer: ICellWriter | null;
  trans: TranslationBundle;
}

/** Content of the viewer's window. */
export class LimitsViewer extends SplitPanel {
  readonly model: CurvesModel;

  constructor(parts: ViewerParts) {
    super({ orientation: 'horizontal' });
    const { model, rendermime, trans } = parts;
    this.addClass('vre-limits-viewer');
    this.model = model;
    const plot = new OverlayPlot(rendermime);
    const hint = trans.__('Tick curves of one quantity to lay them over each other.');
    const follow = () => plot.draw(model.overlay, model.problem || model.ticked.length ? '' : hint);
    model.changed.connect(follow, this);
    follow();
    this.addWidget(chooser(model, trans));
    this.addWidget(shown(parts, plot));
    this.setRelativeSizes([1, 1.8]);
  }

  /** In a narrow window the plot stands below the curves. */
  protected override onResize(message: Widget.ResizeMessage): void {
    this.orientation = this.node.offsetWidth < NARROW ? 'vertical' : 'horizontal';
    super.onResize(message);
  }
}

function chooser(model: CurvesModel, trans: TranslationBundle): ReactWidget {
  const widget = ReactWidget.create(
    <UseSignal signal={model.changed}>
      {() => (
        <>
          <CurveFilters model={model} trans={trans} />
          <CurveList model={model} trans={trans} />
        </>
      )}
    </UseSignal>
  );
  widget.addClass('vre-curves');
  return widget;
}

/** Why there is no plot, or not the one that was wished for, and the way on. */
function Trouble({ model, trans }: Pick<ViewerParts, 'model' | 'trans'>): React.ReactElement {
  const { refusal, curves } = model;
  const again = model.problem !== null && curves.length === 0;
  return (
    <>
      <p className="vre-plot-problem" role="alert">
        {refusal ? refusalText(refusal, trans) : (model.problem ?? '')}
      </p>
      {refusal && (
        <button type="button" className="jp-Button jp-mod-styled" onClick={() => void model.instead()}>
          {trans.__('Show %1 alone', refusal.curve.label)}
        </button>
      )}
      {again && (
        <button type="button" className="jp-Button jp-mod-styled" onClick={() => void model.load()}>
          {trans.__('Try again')}
        </button>
      )}
    </>
  );
}

function refusalText({ curve, symbol }: Refusal, trans: TranslationBundle): string {
  return trans.__('%1 is not added: it shows %2, and the plot shows %3.', curve.label, curve.symbol, symbol);
}

/** The plot below its buttons and, where it was refused, the reason. */
function shown({ model, writer, trans }: ViewerParts, plot: OverlayPlot): Panel {
  const head = ReactWidget.create(
    <UseSignal signal={model.changed}>
      {() => (
        <>
          <PlotActions
            {...{ overlay: model.overlay, writer, trans }}
            more={[[trans.__('Untick all'), model.ticked.length ? () => model.clear() : null]]}
          />
          <Trouble model={model} trans={trans} />
        </>
      )}
    </UseSignal>
  );
  head.addClass('vre-plot-head');
  const panel = new Panel();
  panel.addClass('vre-plot-side');
  panel.addWidget(head);
  panel.addWidget(plot);
  return panel;
}
