/** A notification of JupyterLab when a job came to its end. */

import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Job } from '../api/types';
import { stateOf, titleOf } from '../jobs/words';

/** Tell how a job ended; what the user stopped needs no word. */
export function announce(job: Job, look: () => void, trans: TranslationBundle): void {
  if (job.state !== 'finished' && job.state !== 'failed' && job.state !== 'died') {
    return;
  }
  const told = trans.__('%1: %2', titleOf(job, trans), stateOf(job, trans));
  const well = job.state === 'finished';
  Notification.emit(job.remark ? `${told}\n${job.remark}` : told, well ? 'success' : 'error', {
    autoClose: well ? 5000 : false,
    actions: [{ label: trans.__('Show jobs'), callback: look }]
  });
}
