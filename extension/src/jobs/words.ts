/** A job in words: what it does, how it stands, how far it is, what can be done. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Job, JobAction } from '../api/types';
import { rateText, sizeText, spanText } from '../quantities';

/** What the job does. */
export function titleOf({ kind, what }: Pick<Job, 'kind' | 'what'>, trans: TranslationBundle): string {
  if (kind === 'map') {
    return trans.__('Map over %1', what);
  }
  return kind === 'upload' ? trans.__('Upload of %1', what) : trans.__('Fetch of %1', what);
}

/** Where the files go; of a map, the function. */
export function placeOf(job: Job, trans: TranslationBundle): string {
  return job.kind === 'map' ? trans.__('of %1', job.to) : trans.__('to %1', job.to);
}

/** Its state in one or two words. */
export function stateOf(job: Job, trans: TranslationBundle): string {
  if (job.paused && job.state !== 'running') {
    return trans.__('Paused');
  }
  const words = {
    running: trans.__('Running'),
    finished: trans.__('Finished'),
    failed: trans.__('Failed'),
    cancelled: trans.__('Cancelled'),
    died: trans.__('Interrupted')
  };
  return words[job.state];
}

/** Percent of the points of a scan, of the bytes, or of the files where sizes are unknown; null where nothing is known. */
export function percentOf(job: Job): number | null {
  const pairs = [job.points ?? [0, null], [job.bytes_done, job.bytes_total], [job.files_done, job.files_total]];
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
  if (job.points) {
    const [done, all] = job.points;
    return [trans._n('%2 of %1 point', '%2 of %1 points', all, done), left && trans.__('%1 left', left)].filter(
      text => text !== ''
    );
  }
  return [bytes, files, rateText(job.rate), left && trans.__('%1 left', left)].filter(text => text !== '');
}

/** What stays on the disk of files that are not whole, and how that ends; empty where nothing does. */
function keptText({ kept, can }: Job, trans: TranslationBundle): string {
  if (!kept) {
    return '';
  }
  return can.includes('continue')
    ? trans.__('%1 of unfinished files are kept: Continue goes on with them, Forget deletes them.', sizeText(kept))
    : trans.__('%1 of unfinished files are kept until Forget deletes them.', sizeText(kept));
}

/** What is to be said besides, in sentences: why it asks again, why it ended, what stays. */
export function remarksOf(job: Job, trans: TranslationBundle): string[] {
  const kept = keptText(job, trans);
  const why = kept && ['cancelled', 'died'].includes(job.state) ? '' : job.remark; // it says less of the same
  return [job.retry, why, kept].filter(text => text !== '');
}

/** What a screen reader says when a job came to its end. */
export function farewell(job: Job, trans: TranslationBundle): string {
  const said = trans.__('%1: %2', titleOf(job, trans), stateOf(job, trans));
  return job.remark ? trans.__('%1, %2', said, job.remark) : said;
}

/** The word on a button, and what it does. */
export function actionTexts(
  action: JobAction,
  { kind }: Pick<Job, 'kind'>,
  trans: TranslationBundle
): [label: string, meaning: string] {
  const isMap = kind === 'map';
  const texts: Record<JobAction, [string, string]> = {
    pause: [trans.__('Pause'), trans.__('Stop for now, to continue later')],
    cancel: [
      trans.__('Cancel'),
      isMap
        ? trans.__('End it; finished chunks are kept for a run of the same')
        : trans.__('End it; files that are whole stay')
    ],
    continue: [trans.__('Continue'), trans.__('Go on where it stopped')],
    delete: [
      trans.__('Forget'),
      isMap
        ? trans.__('Take it off the list and delete its result and its finished chunks')
        : trans.__('Take it off the list and delete unfinished files; whole ones stay')
    ]
  };
  return texts[action];
}
