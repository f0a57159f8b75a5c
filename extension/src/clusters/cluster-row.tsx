/** One cluster: how it stands, what it has and does, and what can be done with it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Cluster } from '../api/types';
import type { ICellWriter } from '../tokens';
import { amountsOf, connectCell, memoryShareOf, memoryText, stateOf, titleOf } from './words';

interface RowProps {
  cluster: Cluster;
  /** Address of its dashboard at this server, which asks for the login here. */
  dashboard: string;
  cells: ICellWriter | null;
  scale: () => void;
  stop: () => void;
  trans: TranslationBundle;
}

/** Names are text; none of them is looked at as anything else. */
export function ClusterRow(props: RowProps): React.ReactElement {
  const { cluster, trans } = props;
  return (
    <li className={`vre-job vre-cluster vre-cluster-${cluster.state}`} data-cluster={cluster.name}>
      <div className="vre-job-title">{titleOf(cluster, trans)}</div>
      <MemoryBar cluster={cluster} trans={trans} />
      <div className="vre-job-standing">
        <strong>{stateOf(cluster, trans)}</strong>
        {[...amountsOf(cluster, trans), memoryText(cluster, trans)].filter(Boolean).map((amount, at) => (
          <span key={at}>{amount}</span>
        ))}
      </div>
      <Actions {...props} />
    </li>
  );
}

function MemoryBar({ cluster, trans }: Pick<RowProps, 'cluster' | 'trans'>): React.ReactElement | null {
  const share = memoryShareOf(cluster);
  return share === null ? null : (
    <div
      className="vre-bar"
      role="meter"
      aria-label={trans.__('Memory of %1', cluster.name)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share}
      aria-valuetext={memoryText(cluster, trans)}
    >
      <div style={{ inlineSize: `${share}%` }} />
    </div>
  );
}

function Actions({ cluster, dashboard, cells, scale, stop, trans }: RowProps): React.ReactElement {
  const { name } = cluster;
  const runs = cluster.state === 'running';
  const label = (text: string) => trans.__('%1: %2', text, name);
  const button = (text: string, act: () => void) => (
    <button type="button" className="vre-small-button" aria-label={label(text)} onClick={act}>
      {text}
    </button>
  );
  return (
    <div className="vre-job-actions">
      {cluster.dashboard && (
        <a
          className="vre-small-button"
          href={dashboard}
          target="_blank"
          rel="noopener noreferrer"
          aria-label={label(trans.__('Dashboard'))}
          title={trans.__("Dask's own pages, in another tab of the browser")}
        >
          {trans.__('Dashboard')}
        </a>
      )}
      {runs && cells && button(trans.__('Insert connect cell'), () => void cells.addSource(connectCell(cluster)))}
      {runs && button(trans.__('Scale…'), scale)}
      {cluster.state !== 'stopping' && button(trans.__('Stop…'), stop)}
    </div>
  );
}
