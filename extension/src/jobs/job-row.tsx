/** One job: how it stands, how far it is, what can be done with it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Job, JobAction } from '../api/types';
import { momentText } from '../quantities';
import type { ICellWriter } from '../tokens';
import { Bar } from './bar';
import { Report } from './report';
import { actionTexts, amountsOf, placeOf, remarksOf, stateOf, titleOf } from './words';

interface JobRowProps {
  job: Job;
  refused: string | null;
  /** Asks for what only the whole job tells. */
  complete: () => Promise<Job | null>;
  act: (action: JobAction) => void;
  openDid: (did: string) => void;
  cells: ICellWriter | null;
  trans: TranslationBundle;
}

/** Shown anew only when its own job changed. */
export const JobRow = React.memo(Row, (a, b) => a.job === b.job && a.refused === b.refused && a.cells === b.cells);

function Row(props: JobRowProps): React.ReactElement {
  const { job, refused, trans } = props;
  // What failed, and what is kept for the next run, only the whole job tells.
  const isPart = job.kind === 'fetch' && !job.paths && job.state !== 'running' && job.state !== 'finished';
  React.useEffect(() => {
    if (isPart) {
      void props.complete();
    }
  }, [isPart]);
  return (
    <li className={`vre-job vre-job-${job.paused ? 'paused' : job.state}`}>
      <div className="vre-job-title">{titleOf(job, trans)}</div>
      <div className="vre-job-place" title={job.to}>
        {placeOf(job, trans)}
      </div>
      <Bar job={job} trans={trans} />
      <div className="vre-job-standing">
        <strong>{stateOf(job, trans)}</strong>
        {amountsOf(job, trans).map((amount, at) => (
          <span key={at}>{amount}</span>
        ))}
        <time dateTime={job.since}>{trans.__('since %1', momentText(job.since, trans))}</time>
      </div>
      {remarksOf(job, trans).map(said => (
        <p key={said} className="vre-hint">
          {said}
        </p>
      ))}
      <Failures job={job} trans={trans} />
      {refused && (
        <p className="vre-field-error" role="alert">
          {refused}
        </p>
      )}
      <Actions {...props} />
    </li>
  );
}

/** Why files could not be had: each replica with its cause, who can act, and the next step. */
function Failures({ job: { report = [] }, trans }: Pick<JobRowProps, 'job' | 'trans'>): React.ReactElement | null {
  const heads = [
    trans.__('File'),
    trans.__('Replica'),
    trans.__('Cause'),
    trans.__('Who can act'),
    trans.__('Next step')
  ];
  const rows = report.map(({ file, replica, cause, who, step }) => [file, replica, cause, who, step]);
  return rows.length > 0 ? <Report label={trans.__('What could not be fetched')} heads={heads} rows={rows} /> : null;
}

function Actions({ job, complete, act, openDid, cells, trans }: JobRowProps): React.ReactElement {
  const add = async () => {
    const whole = await complete();
    if (whole?.paths) {
      await cells?.addDid(job.what, { paths: whole.paths });
    }
  };
  return (
    <div className="vre-job-actions">
      {job.kind === 'fetch' && job.state === 'finished' && cells && (
        <ActionButton label={trans.__('Add to notebook')} job={job} trans={trans} act={() => void add()} />
      )}
      {job.kind === 'upload' && job.state === 'finished' && (
        <ActionButton label={trans.__('Show details')} job={job} trans={trans} act={() => openDid(job.what)} />
      )}
      {job.can.map(action => {
        const [label, meaning] = actionTexts(action, job, trans);
        return (
          <ActionButton key={action} label={label} title={meaning} job={job} trans={trans} act={() => act(action)} />
        );
      })}
    </div>
  );
}

interface ActionButtonProps {
  label: string;
  title?: string;
  job: Job;
  trans: TranslationBundle;
  act: () => void;
}

function ActionButton({ label, title, job, trans, act }: ActionButtonProps): React.ReactElement {
  const name = trans.__('%1: %2', label, job.what);
  return (
    <button type="button" className="vre-small-button" title={title} aria-label={name} onClick={act}>
      {label}
    </button>
  );
}
