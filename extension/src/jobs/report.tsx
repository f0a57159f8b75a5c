/** Why files could not be had: each replica with its cause, who can act, and the next step. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Failure } from '../api/types';

/** A table that scrolls by itself where the panel is narrow. */
export function FailureReport({
  failures,
  trans
}: {
  failures: readonly Failure[];
  trans: TranslationBundle;
}): React.ReactElement {
  const heads = [
    trans.__('File'),
    trans.__('Replica'),
    trans.__('Cause'),
    trans.__('Who can act'),
    trans.__('Next step')
  ];
  return (
    <div className="vre-report" tabIndex={0} role="region" aria-label={trans.__('What could not be fetched')}>
      <table className="vre-table">
        <thead>
          <tr>
            {heads.map(head => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {failures.map(({ file, replica, cause, who, step }, at) => (
            <tr key={at}>
              {[file, replica, cause, who, step].map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
