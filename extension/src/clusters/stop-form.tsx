/** The dialog before a cluster is stopped: what becomes of the work on it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Cluster } from '../api/types';
import { RuleForm } from '../rules/rule-form';
import type { ClustersModel } from './model';

interface StopProps {
  cluster: Cluster;
  model: ClustersModel;
  trans: TranslationBundle;
  close: () => void;
}

/** Asks once; nothing is typed. */
export function StopForm({ cluster, model, trans, close }: StopProps): React.ReactElement {
  const tasks = (cluster.running ?? 0) + (cluster.waiting ?? 0);
  return (
    <RuleForm
      initial={{}}
      send={() => model.stop(cluster.name).then(close)}
      label={trans.__('Stop cluster')}
      busyText={trans.__('Stopping…')}
      danger
      cancel={close}
      trans={trans}
    >
      {() => (
        <>
          <p>{trans.__('The cluster %1 ends now, with all its workers, whoever uses it.', cluster.name)}</p>
          {tasks > 0 && (
            <p>
              {trans._n(
                '%1 task is not done. A map keeps its finished chunks: run it again on another cluster.',
                '%1 tasks are not done. A map keeps its finished chunks: run it again on another cluster.',
                tasks
              )}
            </p>
          )}
        </>
      )}
    </RuleForm>
  );
}
