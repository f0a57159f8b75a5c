/** A button that copies a text and says that it did. */

import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

interface Props {
  text: string;
  /** What is copied, for who does not see what the button stands beside. */
  what: string;
  /** In a list whose rows are reached by arrows the buttons are no stops of Tab. */
  inList?: boolean;
  children?: React.ReactNode;
  trans: TranslationBundle;
}

/** The button; its own label is "Copy". */
export function Copy({ text, what, inList, children, trans }: Props): React.ReactElement {
  const [copied, setCopied] = React.useState('');
  const label = trans.__('Copy %1', what);
  return (
    <button
      type="button"
      className={`jp-Button jp-mod-minimal vre-copy ${copied === text ? 'vre-mod-copied' : ''}`}
      aria-label={label}
      title={label}
      tabIndex={inList ? -1 : undefined}
      onClick={() => {
        Clipboard.copyToSystem(text);
        setCopied(text);
      }}
    >
      {children ?? trans.__('Copy')}
      <span role="status" className="vre-copied">
        {copied === text ? trans.__('copied') : ''}
      </span>
    </button>
  );
}
