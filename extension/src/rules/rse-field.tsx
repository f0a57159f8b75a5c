/** A field for a storage element: those that take files are proposed, an RSE expression may be typed. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Rses } from '../api/types';
import { TextField } from '../forms/field';

/** What a form about copies knows of the lake; nothing until it answers. */
export interface KnownRses {
  /** Those that take files. */
  names: readonly string[];
  /** Days that a rule is kept if none are said; null for ever. */
  days?: number | null;
}

/** Asks once, when the form is shown; without an answer any name can be typed, and the lake judges it. */
export function useRses(ask: () => Promise<Rses>): KnownRses {
  const [known, setKnown] = React.useState<KnownRses>({ names: [] });
  React.useEffect(() => {
    ask()
      .then(({ rses, days }) => setKnown({ names: rses.filter(rse => rse.writable).map(rse => rse.name), days }))
      .catch(() => undefined);
  }, []);
  return known;
}

interface RseFieldProps {
  names: readonly string[];
  value: string;
  change: (value: string) => void;
  error: string | null;
  hint?: string;
  required?: boolean;
  first?: boolean;
  trans: TranslationBundle;
}

/** Few of them are named in the hint. */
export function RseField({ names, trans, hint, required = true, ...field }: RseFieldProps): React.ReactElement {
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
