/** What can be done with a plot: go on in a notebook, cite, and lay it over others. */

import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { OverlayAnswer } from '../api/types';
import type { ICellWriter } from '../tokens';

interface Props {
  overlay: OverlayAnswer | null;
  /** Absent where there are no notebooks. */
  writer: ICellWriter | null;
  trans: TranslationBundle;
  /** Further buttons: label and what it does; null where it cannot be done now. */
  more: [string, (() => unknown) | null][];
}

/** A row of buttons; those that need a plot wait for it. */
export function PlotActions({ overlay, writer, trans, more }: Props): React.ReactElement {
  const onPlot = (act: (overlay: OverlayAnswer) => unknown) => (overlay ? () => act(overlay) : null);
  const buttons: Props['more'] = [
    ...(writer
      ? ([[trans.__('Open as notebook cell'), onPlot(({ cell }) => writer.addSource(cell))]] as Props['more'])
      : []),
    [trans.__('Copy Python'), onPlot(({ cell }) => copy(cell, trans.__('The Python of this plot is copied.')))],
    [trans.__('Copy citations'), onPlot(({ bibtex }) => copy(bibtex, trans.__('The BibTeX entries are copied.')))],
    ...more
  ];
  return (
    <div className="vre-plot-actions" role="group" aria-label={trans.__('This plot')}>
      {buttons.map(([label, act]) => (
        <button
          type="button"
          key={label}
          className="jp-Button jp-mod-styled"
          disabled={act === null}
          onClick={() => void act?.()}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

function copy(text: string, done: string): void {
  Clipboard.copyToSystem(text);
  Notification.success(done, { autoClose: 3000 });
}
