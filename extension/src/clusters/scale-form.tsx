/** The dialog that changes how many workers a cluster has. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Cluster, Workers } from '../api/types';
import { TextField } from '../forms/field';
import { RuleForm } from '../rules/rule-form';
import type { ClustersModel } from './model';
import { workersOf, workersTyped } from './workers';

interface ScaleProps {
  cluster: Cluster;
  model: ClustersModel;
  trans: TranslationBundle;
  /** Ends with what the gateway has to say. */
  close: (remark: string | null) => void;
}

/** A run that uses the cluster goes on meanwhile. */
export function ScaleForm({ cluster, model, trans, close }: ScaleProps): React.ReactElement {
  const read = (text: string) => workersOf(text, trans, true);
  const faultsOf = ({ workers }: { workers: string }) => {
    const { fault } = read(workers);
    return fault ? { workers: fault } : {};
  };
  return (
    <RuleForm
      initial={{ workers: workersTyped(cluster.minimum, cluster.most) }}
      faultsOf={faultsOf}
      send={({ workers }) => model.scale(cluster.name, read(workers).workers as Workers).then(close)}
      label={trans.__('Scale')}
      busyText={trans.__('Asking the cluster…')}
      cancel={() => close(null)}
      trans={trans}
    >
      {field => (
        <TextField
          label={trans.__('Workers')}
          hint={trans.__('A number, or 1-4 for as many as the work asks')}
          required
          first
          {...field('workers')}
        />
      )}
    </RuleForm>
  );
}
