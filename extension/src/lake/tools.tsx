/** Buttons for what is selected in the tree. */

import type { CommandRegistry } from '@lumino/commands';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { cellIcon, detailsIcon, fetchIcon } from '../icons';
import type { IDataLake } from '../tokens';
import { useSignal } from './use-signal';

interface ToolsProps {
  lake: IDataLake;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** A toolbar; its commands act on the selection. */
export function Tools({ lake, commands, trans }: ToolsProps): JSX.Element {
  useSignal(lake.selectionChanged);
  const tools: [string, string, LabIcon][] = [
    ['vre-dm:fetch', trans.__('Fetch what is selected'), fetchIcon],
    ['vre-dm:add-to-notebook', trans.__('Add to notebook what is selected'), cellIcon],
    ['vre-dm:show-details', trans.__('Details of what is selected'), detailsIcon]
  ];
  return (
    <div className="vre-tools" role="group" aria-label={trans.__('For what is selected')}>
      {tools
        .filter(([command]) => commands.hasCommand(command))
        .map(([command, label, Icon]) => (
          <button
            key={command}
            className="vre-tool"
            title={label}
            aria-label={label}
            disabled={lake.selection.length === 0}
            onClick={() => void commands.execute(command, {})}
          >
            <Icon.react tag="span" />
          </button>
        ))}
    </div>
  );
}
