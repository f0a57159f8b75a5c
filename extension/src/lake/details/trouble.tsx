/** Why an answer is missing, and another try where that makes sense. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { LakeError } from '../../api/error';

interface Props {
  error: LakeError;
  again: () => void;
  trans: TranslationBundle;
}

/** The sentence, and a button. */
export function Trouble({ error, again, trans }: Props): React.ReactElement {
  return (
    <p className="vre-unanswered" role="alert">
      {error.message}{' '}
      {!error.kind.startsWith('Invalid') && (
        <button type="button" className="vre-link" onClick={again}>
          {trans.__('Try again')}
        </button>
      )}
    </p>
  );
}
