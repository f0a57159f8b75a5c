/** The setting "Lake" in the settings editor: one of those that are configured. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { useSignal } from '../lake/use-signal';
import type { IDataLake } from '../tokens';

interface Props {
  lake: IDataLake;
  trans: TranslationBundle;
  title: string;
  value: string;
  change: (name: string) => void;
}

/** A choice in place of a name to be typed; a name that is configured no more stays until another is chosen. */
export function LakeSetting({ lake, trans, title, value, change }: Props): React.ReactElement {
  useSignal(lake.changed);
  const names = lake.lakes.map(({ name }) => name);
  return (
    <label className="vre-lake-setting">
      {title}
      <select className="jp-mod-styled" value={value} onChange={event => change(event.target.value)}>
        <option value="">{trans.__('as the server chooses')}</option>
        {value && !names.includes(value) && <option value={value}>{trans.__('%1 (not configured)', value)}</option>}
        {names.map(name => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
