/** The item of the status bar: how many jobs run and how fast, and how long the login still lives. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { lakeIcon } from '../icons';
import { useClock } from '../lake/use-clock';
import { useSignal } from '../lake/use-signal';
import { rateText } from '../quantities';
import type { IDataLake, ILakeJobs } from '../tokens';

interface StatusProps {
  lake: IDataLake;
  jobs: ILakeJobs;
  commands: CommandRegistry;
  /** Minutes before the token's end at which to warn. */
  warning: () => number;
  trans: TranslationBundle;
}

/** The widget of the item. */
export class StatusWidget extends ReactWidget {
  constructor(private props: StatusProps) {
    super();
    this.addClass('vre-status');
  }

  protected render(): JSX.Element {
    return <Status {...this.props} />;
  }
}

function Status({ lake, jobs, commands, warning, trans }: StatusProps): JSX.Element {
  useSignal(lake.changed, jobs.changed);
  const clock = useClock(lake.login, warning, trans);
  const running = runningText(jobs, trans);
  const texts = [running, clock?.text ?? '', lake.reach?.reachable === false ? trans.__('lake away') : ''];
  const said = texts.filter(text => text !== '').join(' · ') || (lake.lake ?? trans.__('no lake'));
  const command = running ? 'vre-dm:open-jobs' : 'vre-dm:open-panel';
  return (
    <button
      className={`vre-status-item vre-mod-${clock?.level ?? 'fine'}`}
      title={trans.__('Data lake %1: %2', lake.lake ?? '', said)}
      onClick={() => void commands.execute(command)}
    >
      <lakeIcon.react tag="span" />
      {said}
    </button>
  );
}

/** "2 jobs, 12 MB/s"; empty where none runs. */
function runningText({ jobs }: ILakeJobs, trans: TranslationBundle): string {
  const running = jobs.filter(job => job.state === 'running');
  if (running.length === 0) {
    return '';
  }
  const count = trans._n('%1 job', '%1 jobs', running.length);
  const rate = rateText(running.reduce((sum, job) => sum + (job.rate ?? 0), 0) || null);
  return rate ? trans.__('%1, %2', count, rate) : count;
}
