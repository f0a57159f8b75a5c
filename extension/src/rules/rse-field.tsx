/** A field for a storage element: those that take files are proposed, an RSE expression may be typed. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Rse } from '../api/types';
import { TextField } from '../forms/field';

interface RseFieldProps {
  rses: () => Promise<{ rses: Rse[] }>;
  value: string;
  change: (value: string) => void;
  error: string | null;
  hint?: string;
  required?: boolean;
  first?: boolean;
  trans: TranslationBundle;
}

/** The proposals are asked for when it is shown; without them any name can be typed. */
export function RseField({ rses, trans, hint, required = true, ...field }: RseFieldProps): React.ReactElement {
  const [names, setNames] = React.useState<readonly string[]>([]);
  React.useEffect(() => {
    rses()
      .then(({ rses }) => setNames(rses.filter(({ writable }) => writable).map(({ name }) => name)))
      .catch(() => undefined); // the lake judges what was typed
  }, []);
  const listed = names.length > 0 && names.length <= 12 ? trans.__('One of %1', names.join(', ')) : undefined;
  return (
    <TextField
      {...field}
      label={trans.__('Storage element (RSE)')}
      hint={hint ?? listed}
      required={required}
      proposals={names}
    />
  );
}
