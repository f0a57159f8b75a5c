/** The plugin of clusters: a section of the panel, and the commands that open it and start one. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICellWriter, IDataLake, ILakePanel } from '../tokens';
import { ClusterActions } from './actions';
import { ClustersModel } from './model';
import { ClustersSection } from './section';

const NO_ARGS = { args: { type: 'object', properties: {} } } as const;

export const clustersPlugin: JupyterFrontEndPlugin<void> = {
  id: 'vre-dm-lab:clusters',
  description: 'Lists, starts, resizes and ends clusters for computations.',
  autoStart: true,
  requires: [IDataLake, ILakePanel],
  optional: [ICellWriter, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    lake: IDataLake,
    panel: ILakePanel,
    cells: ICellWriter | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('vre_dm');
    const model = new ClustersModel(lake.api);
    const actions = new ClusterActions(model, trans);
    const section = new ClustersSection({ model, actions, cells, trans });
    panel.addSection(section, 60);
    app.commands.addCommand('vre-dm:open-clusters', {
      label: trans.__('Show Clusters'),
      caption: trans.__('Clusters for computations: of this machine, and of a Dask Gateway'),
      describedBy: NO_ARGS,
      execute: () => panel.show(section)
    });
    app.commands.addCommand('vre-dm:start-cluster', {
      label: trans.__('Start a Cluster…'),
      caption: trans.__('Processes for a computation, on this machine or a Dask Gateway'),
      describedBy: NO_ARGS,
      execute: async () => {
        panel.show(section);
        await actions.start();
      }
    });
  }
};
