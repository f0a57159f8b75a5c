/** What a user can do with clusters, after a dialog each. */

import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { asLakeError } from '../api/error';
import type { Cluster } from '../api/types';
import { openModal } from '../forms/modal';
import type { ModalBody } from '../forms/modal';
import type { ClustersModel } from './model';
import { ScaleForm } from './scale-form';
import { StartForm } from './start-form';
import { StopForm } from './stop-form';

/** Opens the dialogs; what they send goes through the model. */
export class ClusterActions {
  constructor(
    private model: ClustersModel,
    private trans: TranslationBundle
  ) {}

  /** Ask for a new cluster, once it is known what can be had. */
  async start(): Promise<void> {
    const { model, trans } = this;
    try {
      const offers = await model.offers();
      await this.open(trans.__('Start a cluster'), close =>
        React.createElement(StartForm, { offers, model, trans, close: () => close(null) })
      );
    } catch (error) {
      await showErrorMessage(trans.__('No cluster can be started'), asLakeError(error).message);
    }
  }

  async scale(cluster: Cluster): Promise<void> {
    const { model, trans } = this;
    const remark = await this.open<string>(trans.__('Workers of %1', cluster.name), close =>
      React.createElement(ScaleForm, { cluster, model, trans, close })
    );
    if (remark) {
      Notification.warning(remark, { autoClose: false });
    }
  }

  async stop(cluster: Cluster): Promise<void> {
    const { model, trans } = this;
    await this.open(trans.__('Stop %1', cluster.name), close =>
      React.createElement(StopForm, { cluster, model, trans, close: () => close(null) })
    );
  }

  private open<T>(title: string, body: ModalBody<T>): Promise<T | null> {
    return openModal<T>(title, this.trans, body);
  }
}
