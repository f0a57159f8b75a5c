/** A table of what becomes of files: why some could not be had, or what an upload would do. */

import * as React from 'react';

interface ReportProps {
  /** What a screen reader calls it. */
  label: string;
  heads: readonly string[];
  rows: readonly (readonly string[])[];
}

/** It scrolls by itself where the panel is narrow. */
export function Report({ label, heads, rows }: ReportProps): React.ReactElement {
  return (
    <div className="vre-report" tabIndex={0} role="region" aria-label={label}>
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
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
