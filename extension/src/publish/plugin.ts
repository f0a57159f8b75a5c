/** The plugin of uploads: files of the file browser, by its context menu or dropped on the panel, become a dataset. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { showErrorMessage } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { asLakeError } from '../api/error';
import type { Job } from '../api/types';
import { openModal } from '../forms/modal';
import { IDataLake, ILakeJobs, ILakePanel } from '../tokens';
import { takeDrops } from './drop';
import { PublishDialog } from './publish-dialog';

const ARGUMENTS = {
  type: 'object',
  properties: {
    paths: { type: 'array', items: { type: 'string' }, description: 'Files; without them, those selected' },
    did: { type: 'string', description: 'Dataset that they join' }
  }
} as const;

export const publishPlugin: JupyterFrontEndPlugin<void> = {
  id: 'vre-dm-lab:publish',
  description: 'Publishes files of the file browser in the data lake.',
  autoStart: true,
  requires: [IDataLake],
  optional: [ILakePanel, ILakeJobs, IFileBrowserFactory, ITranslator],
  activate
};

function activate(
  app: JupyterFrontEnd,
  lake: IDataLake,
  panel: ILakePanel | null,
  jobs: ILakeJobs | null,
  browsers: IFileBrowserFactory | null,
  translator: ITranslator | null
): void {
  const trans = (translator ?? nullTranslator).load('vre_dm');
  const selected = () => [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])].map(item => item.path);
  app.commands.addCommand('vre-dm:publish', {
    label: trans.__('Publish in the Data Lake…'),
    caption: trans.__('Upload the selected files as a dataset'),
    describedBy: { args: ARGUMENTS },
    execute: async args => {
      const given = Array.isArray(args.paths) ? args.paths.map(String) : selected();
      const did = typeof args.did === 'string' ? args.did : null;
      const job = await published(lake, app.serviceManager.contents, given, did, trans);
      if (job) {
        jobs?.show(job);
      }
    }
  });
  app.contextMenu.addItem({ command: 'vre-dm:publish', selector: '.jp-DirListing-item[data-isdir]', rank: 18 });
  if (panel) {
    takeDrops(panel.widget.node, paths => void app.commands.execute('vre-dm:publish', { paths }));
  }
}

/** The job of an upload; null where the user or the lake refused, which was shown. */
async function published(
  lake: IDataLake,
  contents: Contents.IManager,
  given: readonly string[],
  did: string | null,
  trans: TranslationBundle
): Promise<Job | null> {
  const title = did === null ? trans.__('Publish in the data lake') : trans.__('Publish into %1', did);
  if (given.length === 0) {
    await showErrorMessage(title, trans.__('Select files in the file browser first.'));
    return null;
  }
  // A drive of another extension holds files that this server cannot read; real-time collaboration's are its own.
  const paths = given
    .filter(path => ['', 'RTC'].includes(contents.driveName(path)))
    .map(path => contents.localPath(path));
  try {
    if (paths.length < given.length) {
      throw new Error(trans.__('Only files of this Jupyter server can be published.'));
    }
    const known = await lake.api.publishSchema();
    return await openModal<Job>(title, trans, close =>
      React.createElement(PublishDialog, { api: lake.api, paths, did, known, trans, close })
    );
  } catch (error) {
    await showErrorMessage(title, asLakeError(error).message);
    return null;
  }
}
