/** Commands on the lake as a whole and on what is selected in it. */

import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';
import { detailsIcon, lakeIcon } from '../icons';
import type { IDataLake, ILakePanel } from '../tokens';

const NO_ARGS = { args: { type: 'object', properties: {} } } as const;
const DID_ARGS = { args: { type: 'object', properties: { did: { type: 'string' } } } } as const;
const LAKE_ARGS = { args: { type: 'object', properties: { name: { type: 'string' } } } } as const;

/** Commands on the lake as a whole. */
export function addLakeCommands(
  commands: CommandRegistry,
  lake: IDataLake,
  panel: ILakePanel,
  trans: TranslationBundle
): void {
  commands.addCommand('vre-dm:open-panel', {
    label: trans.__('Open Data Lake'),
    caption: trans.__('Browse, search and fetch data of the lake'),
    icon: lakeIcon,
    describedBy: NO_ARGS,
    execute: () => panel.show()
  });
  commands.addCommand('vre-dm:refresh', {
    label: trans.__('Ask the Data Lake Again'),
    icon: refreshIcon,
    describedBy: NO_ARGS,
    execute: () => lake.refresh()
  });
  commands.addCommand('vre-dm:choose-lake', {
    label: args => (typeof args.name === 'string' ? args.name : trans.__('Choose a Data Lake')),
    isToggled: args => args.name === lake.lake,
    describedBy: LAKE_ARGS,
    execute: args => (typeof args.name === 'string' ? lake.chooseLake(args.name) : panel.show())
  });
}

/** Commands on a DID, or on those that are selected. */
export function addDidCommands(commands: CommandRegistry, lake: IDataLake, trans: TranslationBundle): void {
  const dids = (args: ReadonlyPartialJSONObject) => (typeof args.did === 'string' ? [args.did] : lake.selection);
  commands.addCommand('vre-dm:copy-did', {
    label: trans.__('Copy DID'),
    describedBy: DID_ARGS,
    isEnabled: args => dids(args).length > 0,
    execute: args => navigator.clipboard.writeText(dids(args).join('\n'))
  });
  commands.addCommand('vre-dm:show-details', {
    label: trans.__('Show Details'),
    icon: detailsIcon,
    describedBy: DID_ARGS,
    isEnabled: args => dids(args).length > 0,
    execute: args => lake.openDid(dids(args)[0])
  });
  commands.addCommand('vre-dm:publish-into', {
    label: trans.__('Publish Into…'),
    describedBy: DID_ARGS,
    isEnabled: args => dids(args).length === 1,
    isVisible: () => commands.hasCommand('vre-dm:publish'),
    execute: args => commands.execute('vre-dm:publish', { did: dids(args)[0] })
  });
}

/** What the context menu of a DID offers, in its order; each area adds its command itself. */
export const CONTEXT_MENU: readonly { command: string; selector: string }[] = [
  { command: 'vre-dm:fetch', selector: '.vre-did' },
  { command: 'vre-dm:add-to-notebook', selector: '.vre-did' },
  { command: 'vre-dm:show-details', selector: '.vre-did' },
  { command: 'vre-dm:copy-did', selector: '.vre-did' },
  { command: 'vre-dm:keep-at', selector: '.vre-did' },
  { command: 'vre-dm:publish-into', selector: '.vre-dataset' }
];
