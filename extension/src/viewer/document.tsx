/** A curve's file opened from the file browser: its plot, what is known of it, and what is wrong with it. */

import { ABCWidgetFactory, DocumentWidget } from '@jupyterlab/docregistry';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Panel } from '@lumino/widgets';
import * as React from 'react';
import type { LakeApi } from '../api/client';
import { asLakeError } from '../api/error';
import type { CurveRow, OverlayAnswer } from '../api/types';
import type { ICellWriter } from '../tokens';
import { PlotActions } from './actions';
import { OverlayPlot } from './plot';
import { SIDECAR } from './sidecar';

/** What a curve's window is made of. */
export interface CurveParts {
  api: LakeApi;
  contents: Contents.IManager;
  rendermime: IRenderMimeRegistry;
  writer: ICellWriter | null;
  trans: TranslationBundle;
  /** Lay the curve of a path over published ones. */
  compare: (path: string) => unknown;
  /** Open a path as text, to be mended. */
  edit: (path: string) => unknown;
}

/** What was found in the file. */
interface Found {
  row: CurveRow | null;
  problems: string[];
  overlay: OverlayAnswer | null;
}

/** The curve of a CSV or of a JSON file; read anew when the file changes. */
class CurveView extends Panel {
  private readonly plot: OverlayPlot;
  private readonly head: CurveHead;
  private asked = 0;

  constructor(
    private readonly context: DocumentRegistry.Context,
    private readonly parts: CurveParts
  ) {
    super();
    this.addClass('vre-curve-view');
    this.head = new CurveHead(parts, {
      compare: () => parts.compare(this.path),
      edit: () => parts.edit(context.path)
    });
    this.plot = new OverlayPlot(parts.rendermime);
    this.addWidget(this.head);
    this.addWidget(this.plot);
    void context.ready.then(() => this.read());
    context.fileChanged.connect(() => void this.read(), this);
    context.saveState.connect((_, state) => state === 'completed' && void this.read(), this);
  }

  private get path(): string {
    return this.parts.contents.localPath(this.context.path);
  }

  private async read(): Promise<void> {
    const asked = ++this.asked;
    const found = await this.found();
    if (asked === this.asked && !this.isDisposed) {
      this.head.tell(found);
      this.plot.draw(found.overlay, '');
    }
  }

  private async found(): Promise<Found> {
    const { api } = this.parts;
    try {
      const { curves, problems } = await api.curves(this.path);
      const said = problems.map(({ file, message }) => `${file}: ${message}`);
      const overlay = curves.length ? await api.overlay([], [this.path]) : null;
      return { row: curves[0] ?? null, problems: said, overlay };
    } catch (error) {
      return { row: null, problems: [asLakeError(error).message], overlay: null };
    }
  }
}

/** Title, completeness, problems and buttons above the plot. */
class CurveHead extends ReactWidget {
  private found: Found | null = null;

  constructor(
    private readonly parts: CurveParts,
    private readonly steps: Record<'compare' | 'edit', () => unknown>
  ) {
    super();
    this.addClass('vre-plot-head');
  }

  tell(found: Found): void {
    this.found = found;
    this.update();
  }

  protected render(): React.ReactElement {
    const { trans, writer } = this.parts;
    const { compare, edit } = this.steps;
    const { row, problems, overlay } = this.found ?? { row: null, problems: [], overlay: null };
    return (
      <>
        {row && <h2 className="vre-curve-title">{row.label}</h2>}
        {row && <p className="vre-curve-about">{about(row, trans)}</p>}
        {problems.length > 0 && (
          <ul className="vre-plot-problem" role="alert">
            {problems.map(problem => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        )}
        <PlotActions
          {...{ overlay, writer, trans }}
          more={[
            [trans.__('Compare with published curves'), overlay ? compare : null],
            [trans.__('Open as text'), edit]
          ]}
        />
      </>
    );
  }
}

function about({ symbol, technique, kind, year, complete, unknown }: CurveRow, trans: TranslationBundle): string {
  const known = trans.__('%1 of %2 facts are known', complete[0], complete[1]);
  const missing = unknown.length ? trans.__('not stated: %1', unknown.join(', ')) : '';
  return [symbol, technique, kind, year, known, missing].filter(Boolean).join(' · ');
}

/** The plot of sidecars; of other JSON files, and of CSV files, by "Open With". */
export class CurveFactory extends ABCWidgetFactory<DocumentWidget<Panel>> {
  constructor(private readonly parts: CurveParts) {
    super({
      name: 'Limit curve',
      label: parts.trans.__('Limit curve'),
      fileTypes: [SIDECAR, 'json', 'csv'],
      defaultFor: [SIDECAR],
      readOnly: true
    });
  }

  protected override createNewWidget(context: DocumentRegistry.Context): DocumentWidget<Panel> {
    return new DocumentWidget({ content: new CurveView(context, this.parts), context });
  }
}
