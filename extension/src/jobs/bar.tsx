/** The bar of a job: how far it is, in colour, in words and for a screen reader. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Job } from '../api/types';
import { amountsOf, percentOf, stateOf, titleOf } from './words';

/** A bar of which nothing is known yet has no value, and moves while the job runs. */
export function Bar({ job, trans }: { job: Job; trans: TranslationBundle }): React.ReactElement {
  const percent = percentOf(job);
  const amounts = amountsOf(job, trans).join(', ');
  return (
    <div
      className="vre-bar"
      role="progressbar"
      aria-label={titleOf(job, trans)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? undefined}
      aria-valuetext={amounts ? trans.__('%1: %2', stateOf(job, trans), amounts) : stateOf(job, trans)}
    >
      <div
        className={percent === null ? 'vre-bar-unknown' : 'vre-bar-done'}
        style={{ inlineSize: `${percent ?? 100}%` }}
      />
    </div>
  );
}
