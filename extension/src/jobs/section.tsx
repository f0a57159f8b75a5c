/** The section "Jobs" of the panel. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Job, JobAction } from '../api/types';
import type { ICellWriter } from '../tokens';
import { JobRow } from './job-row';
import type { JobsModel } from './model';
import { farewell, titleOf } from './words';

interface JobsProps {
  model: JobsModel;
  openDid: (did: string) => void;
  cells: ICellWriter | null;
  trans: TranslationBundle;
}

/** The jobs as a widget. */
export class JobsSection extends ReactWidget {
  constructor(private props: JobsProps) {
    super();
    this.id = 'vre-dm-jobs';
    this.title.label = props.trans.__('Jobs');
    this.addClass('vre-jobs');
  }

  protected override render(): React.ReactElement {
    return <UseSignal signal={this.props.model.changed}>{() => <Jobs {...this.props} />}</UseSignal>;
  }
}

function Jobs({ model, openDid, cells, trans }: JobsProps): React.ReactElement {
  const list = React.useRef<HTMLUListElement>(null);
  const shown = model.shown;
  const older = model.jobs.length - shown.length;
  const act = async (name: string, action: JobAction) => {
    await model.steer(name, action);
    keepFocus(list.current);
  };
  return (
    <>
      <Announcements model={model} trans={trans} />
      {model.problem && (
        <p className="vre-problem" role="alert">
          {model.problem.message}
        </p>
      )}
      {model.jobs.length + model.beginnings.length === 0 && <p className="vre-hint">{emptyText(model, trans)}</p>}
      <ul className="vre-job-list" ref={list} tabIndex={-1} aria-label={trans.__('Jobs')}>
        {model.beginnings.map((what, at) => (
          <Beginning key={at} what={what} trans={trans} />
        ))}
        {shown.map(job => (
          <JobRow
            key={job.job}
            job={job}
            refused={model.refused.get(job.job)?.message ?? null}
            complete={() => model.complete(job.job)}
            act={action => void act(job.job, action)}
            openDid={openDid}
            cells={cells}
            trans={trans}
          />
        ))}
      </ul>
      {older > 0 && <p className="vre-hint">{olderText(older, trans)}</p>}
    </>
  );
}

/** A fetch that was asked for and is no job yet. */
function Beginning({ what, trans }: { what: string; trans: TranslationBundle }): React.ReactElement {
  return (
    <li className="vre-job vre-job-running">
      <div className="vre-job-title">{titleOf({ kind: 'fetch', what }, trans)}</div>
      <p className="vre-hint" role="status">
        {trans.__('Asking the lake…')}
      </p>
    </li>
  );
}

/** Ends of jobs for a screen reader: the end only, never each percent. */
function Announcements({ model, trans }: { model: JobsModel; trans: TranslationBundle }): React.ReactElement {
  const [said, say] = React.useState('');
  React.useEffect(() => {
    const hear = (_: unknown, job: Job) => say(farewell(job, trans));
    model.ended.connect(hear);
    return () => void model.ended.disconnect(hear);
  }, [model]);
  return (
    <p className="vre-heard" role="status" aria-live="polite">
      {said}
    </p>
  );
}

function emptyText(model: JobsModel, trans: TranslationBundle): string {
  if (model.problem) {
    return '';
  }
  return model.isKnown
    ? trans.__('No fetch, upload or map in the last week. Select a dataset and choose Fetch.')
    : trans.__('Asking for jobs…');
}

function olderText(older: number, trans: TranslationBundle): string {
  return trans._n(
    '%1 older job is not shown; dm.jobs() has it.',
    '%1 older jobs are not shown; dm.jobs() has them.',
    older
  );
}

/** The button that had the focus may be gone with its job. */
function keepFocus(list: HTMLUListElement | null): void {
  window.setTimeout(() => document.activeElement === document.body && list?.focus(), 50);
}
