/** What an upload would do, before anything happens: each file with its fate. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { PublishPlan } from '../api/types';
import { Report } from '../jobs/report';
import { momentText, sizeText } from '../quantities';

const SHOWN = 100;

interface PlanTableProps {
  did: string;
  plan: PublishPlan;
  trans: TranslationBundle;
}

/** The first files of many; the sentence above counts them all. */
export function PlanTable({ did, plan, trans }: PlanTableProps): React.ReactElement {
  const more = plan.steps.length - SHOWN;
  return (
    <>
      <p>{headOf(did, plan, trans)}</p>
      <Report
        label={trans.__('What the upload would do')}
        heads={[trans.__('Name'), trans.__('Size'), trans.__('What happens'), trans.__('File')]}
        rows={plan.steps.slice(0, SHOWN).map(({ name, size, what, path }) => [name, sizeText(size), what, path])}
      />
      {more > 0 && (
        <p className="vre-hint">{trans._n('%1 more file is not shown', '%1 more files are not shown', more)}</p>
      )}
      {plan.notes.map(note => (
        <p key={note} className="vre-caution">
          {note}
        </p>
      ))}
    </>
  );
}

function headOf(did: string, { steps, new: isNew, rse, until }: PublishPlan, trans: TranslationBundle): string {
  const what = isNew
    ? trans._n('New dataset %2 with %1 file', 'New dataset %2 with %1 files', steps.length, did)
    : trans._n('%1 file joins %2', '%1 files join %2', steps.length, did);
  return until === null
    ? trans.__('%1, kept at %2 for ever.', what, rse)
    : trans.__('%1, kept at %2 until %3.', what, rse, momentText(until, trans));
}
