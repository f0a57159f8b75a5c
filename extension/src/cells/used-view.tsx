/** "Used in this notebook": each DID with its variable, to be fetched, written into a cell, or forgotten. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { ICellWriter, IDataLake } from '../tokens';
import type { Attachment } from './attachments';
import type { UsedDids } from './used';

interface Props {
  used: UsedDids;
  lake: IDataLake;
  writer: ICellWriter;
  trans: TranslationBundle;
}

/** The section of the panel. */
export class UsedSection extends ReactWidget {
  constructor(private readonly props: Props) {
    super();
    this.addClass('vre-used');
    this.title.label = props.trans.__('Used in this notebook');
  }

  protected render(): React.ReactElement {
    return <UseSignal signal={this.props.used.changed}>{() => <UsedList {...this.props} />}</UseSignal>;
  }
}

function UsedList(props: Props): React.ReactElement {
  const { used, trans } = props;
  if (used.attachments.length === 0) {
    const none = trans.__('Nothing yet. "Add to notebook" writes down which data it uses.');
    return <p className="vre-used-none">{used.notebook === null ? trans.__('No notebook is open.') : none}</p>;
  }
  return (
    <ul aria-label={trans.__('Data that %1 uses', used.notebook ?? '')}>
      {used.attachments.map(attachment => (
        <Used key={attachment.did} attachment={attachment} {...props} />
      ))}
    </ul>
  );
}

function Used({ attachment, used, lake, writer, trans }: Props & { attachment: Attachment }): React.ReactElement {
  const { did, variableName } = attachment;
  const buttons: [string, string, () => unknown][] = [
    [trans.__('Fetch'), trans.__('Fetch %1', did), () => lake.fetch(did)],
    [trans.__('Insert'), trans.__('Insert a cell for %1', did), () => writer.addDid(did, { variable: variableName })],
    [trans.__('Remove'), trans.__('Remove %1 from the list', did), () => used.remove(did)]
  ];
  return (
    <li className="vre-used-row">
      <code className="vre-used-name">{variableName}</code>
      <button type="button" className="vre-link" onClick={() => lake.openDid(did)}>
        {did}
      </button>
      <span className="vre-used-buttons">
        {buttons.map(([label, title, act]) => (
          <button
            type="button"
            className="jp-Button jp-mod-minimal"
            key={label}
            aria-label={title}
            title={title}
            onClick={() => void act()}
          >
            {label}
          </button>
        ))}
      </span>
    </li>
  );
}
