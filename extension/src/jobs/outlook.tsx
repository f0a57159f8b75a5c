/** What a fetch would do, in sentences: how much, what is there already, the room on the disk, an embargo. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Forecast } from '../api/types';
import { sizeText } from '../quantities';

/** The sentences; the last ones need the user's attention. */
export function outlookOf(forecast: Forecast, trans: TranslationBundle): { facts: string[]; cautions: string[] } {
  const { files, bytes, present, free, embargo, remarks } = forecast;
  const size = sizeText(bytes) || trans.__('size unknown');
  const facts = [trans._n('%1 file, %2', '%1 files, %2', files, size)];
  if (present > 0) {
    facts.push(trans._n('%1 is there already', '%1 are there already', present));
  }
  if (free !== null) {
    facts.push(trans.__('%1 free on that disk', sizeText(free)));
  }
  return { facts, cautions: [...(embargo ? [embargo] : []), ...remarks] };
}

/** Spoken politely when it changes. */
export function Outlook({ forecast, trans }: { forecast: Forecast; trans: TranslationBundle }): React.ReactElement {
  const { facts, cautions } = outlookOf(forecast, trans);
  return (
    <div className="vre-outlook" role="status">
      <p>{facts.join(' · ')}</p>
      {cautions.map(caution => (
        <p key={caution} className="vre-caution">
          {caution}
        </p>
      ))}
    </div>
  );
}
