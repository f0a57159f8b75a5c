/** The section "Clusters" of the panel: those of this user, wherever they were started. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import type { Cluster } from '../api/types';
import { Section } from '../lake/section';
import type { ICellWriter } from '../tokens';
import type { ClusterActions } from './actions';
import { ClusterRow } from './cluster-row';
import type { ClustersModel } from './model';

const AGAIN = 2000; // milliseconds between two looks, while somebody sees them

interface ClustersProps {
  model: ClustersModel;
  actions: ClusterActions;
  cells: ICellWriter | null;
  trans: TranslationBundle;
}

/** Asks for the clusters as long as it is seen, and only then. */
export class ClustersSection extends Section {
  constructor(private props: ClustersProps) {
    super();
    this.id = 'vre-dm-clusters';
    this.title.label = props.trans.__('Clusters');
    this.addClass('vre-clusters');
  }

  protected override render(): React.ReactElement {
    return <UseSignal signal={this.props.model.changed}>{() => <Clusters {...this.props} />}</UseSignal>;
  }

  protected override look(): void {
    if (!this.props.model.isAsking) {
      void this.props.model.reload();
    }
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.timer = window.setInterval(() => this.isVisible && !document.hidden && this.props.model.tick(), AGAIN);
  }

  protected override onBeforeDetach(message: Message): void {
    window.clearInterval(this.timer);
    super.onBeforeDetach(message);
  }

  private timer = 0;
}

function Clusters(props: ClustersProps): React.ReactElement {
  const { model, actions, trans } = props;
  return (
    <>
      <div className="vre-rules-head">
        <button type="button" className="vre-small-button" onClick={() => void actions.start()}>
          {trans.__('Start a cluster…')}
        </button>
        <button type="button" className="vre-small-button" onClick={() => void model.reload()}>
          {trans.__('Refresh')}
        </button>
      </div>
      {model.problem && (
        <p className="vre-problem" role="alert">
          {model.problem.message}
        </p>
      )}
      {model.notes.map(note => (
        <p key={note} className="vre-caution" role="status">
          {note}
        </p>
      ))}
      <p className="vre-hint" role="status">
        {countText(model, trans)}
      </p>
      <List {...props} />
    </>
  );
}

function List({ model, actions, cells, trans }: ClustersProps): React.ReactElement {
  const list = React.useRef<HTMLUListElement>(null);
  const stopped = React.useRef(false);
  React.useEffect(() => {
    // The button that had the focus went with its cluster.
    if (stopped.current && document.activeElement === document.body) {
      list.current?.focus();
    }
    stopped.current = false;
  }, [model.clusters.length]);
  const stop = (cluster: Cluster) => {
    stopped.current = true;
    void actions.stop(cluster);
  };
  return (
    <ul className="vre-job-list" ref={list} tabIndex={-1} aria-label={trans.__('Clusters')}>
      {model.clusters.map(cluster => (
        <ClusterRow
          key={cluster.name}
          cluster={cluster}
          dashboard={model.dashboardUrl(cluster.name)}
          cells={cells}
          scale={() => void actions.scale(cluster)}
          stop={() => stop(cluster)}
          trans={trans}
        />
      ))}
    </ul>
  );
}

function countText(model: ClustersModel, trans: TranslationBundle): string {
  if (!model.isKnown) {
    return model.problem ? '' : trans.__('Asking for clusters…');
  }
  const count = model.clusters.length;
  return count === 0
    ? trans.__('No cluster runs. A map that is given one starts and ends it by itself.')
    : trans._n('%1 cluster', '%1 clusters', count);
}
