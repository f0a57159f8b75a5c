/** The plugins of vre-dm, in the order in which they build on each other. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { plugins as lake } from './lake/plugin';
import { plugins as viewer } from './viewer/plugin';

const plugins: JupyterFrontEndPlugin<unknown>[] = [...lake, ...viewer];

export default plugins;
