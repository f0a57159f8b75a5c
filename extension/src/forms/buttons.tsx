/** The last line of a form: what was refused, and the buttons. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

interface ButtonsProps {
  trans: TranslationBundle;
  /** What the button does that sends the form. */
  label: string;
  busy: boolean;
  /** What it does meanwhile; the lake is asked where nothing is said. */
  busyText?: string;
  danger?: boolean;
  refused?: string | null;
  cancel: () => void;
  /** To the step before, in a form of several. */
  back?: () => void;
}

/** Cancel and send; what is refused stands above them. */
export function Buttons({
  trans,
  label,
  busy,
  busyText,
  danger,
  refused,
  cancel,
  back
}: ButtonsProps): React.ReactElement {
  return (
    <footer className="vre-modal-foot">
      <p className="vre-field-error" role="alert">
        {refused ?? ''}
      </p>
      <p className="vre-busy" role="status">
        {busy ? (busyText ?? trans.__('Asking the lake…')) : ''}
      </p>
      {back && (
        <button type="button" className="jp-Button jp-mod-styled" onClick={back}>
          {trans.__('Back')}
        </button>
      )}
      <button type="button" className="jp-Button jp-mod-styled" onClick={cancel}>
        {trans.__('Cancel')}
      </button>
      <button
        type="submit"
        className={`jp-Button jp-mod-styled ${danger ? 'jp-mod-warn' : 'jp-mod-accept'}`}
        aria-disabled={busy} // not disabled: it would lose the focus
      >
        {label}
      </button>
    </footer>
  );
}
