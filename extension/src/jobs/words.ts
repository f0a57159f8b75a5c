/** A job in words: what it does, how it stands, how far it is. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Job, JobAction } from '../api/types';
import { rateText, sizeText, spanText } from '../quantities';

/** What the job does. */
export function titleOf(job: Job, trans: TranslationBundle): string {
  return job.kind === 'upload' ? trans.__('Upload of %1', job.what) : trans.__('Fetch of %1', job.what);
}

/** Where the files go. */
export function placeOf(job: Job, trans: TranslationBundle): string {
  return trans.__('to %1', job.to);
}

/** Its state in one or two words. */
export function stateOf(job: Job, trans: TranslationBundle): string {
  if (job.paused && job.state !== 'running') {
    return trans.__('Paused');
  }
  switch (job.state) {
    case 'running':
      return trans.__('Running');
    case 'finished':
      return trans.__('Finished');
    case 'failed':
      return trans.__('Failed');
    case 'cancelled':
      return trans.__('Cancelled');
    case 'died':
      return trans.__('Interrupted');
  }
}

/** Percent of the bytes, or of the files where sizes are unknown; null where nothing is known. */
export function percentOf(job: Job): number | null {
  const pairs = [
    [job.bytes_done, job.bytes_total],
    [job.files_done, job.files_total]
  ];
  const known = pairs.find(([, total]) => total !== null && total > 0);
  if (!known) {
    return job.state === 'finished' ? 100 : null;
  }
  const percent = Math.floor((100 * (known[0] ?? 0)) / (known[1] ?? 1));
  return Math.max(0, Math.min(100, percent));
}

/** Bytes, files, rate and time to go, each where it is known. */
export function amountsOf(job: Job, trans: TranslationBundle): string[] {
  const { bytes_done, bytes_total, files_done, files_total } = job;
  const bytes =
    bytes_total === null || bytes_total === bytes_done
      ? sizeText(bytes_done)
      : trans.__('%1 of %2', sizeText(bytes_done), sizeText(bytes_total));
  const files = files_total === null ? '' : trans._n('%2 of %1 file', '%2 of %1 files', files_total, files_done);
  const left = spanText(job.remaining, trans);
  return [bytes, files, rateText(job.rate), left && trans.__('%1 left', left)].filter(text => text !== '');
}

/** What a screen reader says when a job came to its end. */
export function farewell(job: Job, trans: TranslationBundle): string {
  const said = trans.__('%1: %2', titleOf(job, trans), stateOf(job, trans));
  return job.remark ? trans.__('%1, %2', said, job.remark) : said;
}

/** The word on a button. */
export function actionText(action: JobAction, trans: TranslationBundle): string {
  switch (action) {
    case 'cancel':
      return trans.__('Cancel');
    case 'pause':
      return trans.__('Pause');
    case 'continue':
      return trans.__('Continue');
    case 'delete':
      return trans.__('Forget');
  }
}
