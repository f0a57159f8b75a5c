/** The plugins of vre-dm, in the order in which they build on each other. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { plugins as viewer } from './viewer/plugin';

const plugins: JupyterFrontEndPlugin<unknown>[] = [...viewer];

export default plugins;
