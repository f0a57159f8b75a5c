/** The plugins of vre-dm, in the order in which they build on each other. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { plugins as cells } from './cells/plugin';
import { clustersPlugin as clusters } from './clusters/plugin';
import { jobsPlugin as jobs } from './jobs/plugin';
import { plugins as details } from './lake/details/plugin';
import { plugins as lake } from './lake/plugin';
import { plugins as search } from './lake/search/plugin';
import { publishPlugin as publish } from './publish/plugin';
import { rulesPlugin as rules } from './rules/plugin';
import { plugins as shell } from './shell/plugin';
import { plugins as viewer } from './viewer/plugin';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  ...lake,
  ...search,
  ...details,
  ...cells,
  jobs,
  rules,
  clusters,
  publish,
  ...viewer,
  ...shell
];

export * from './tokens';
export default plugins;
