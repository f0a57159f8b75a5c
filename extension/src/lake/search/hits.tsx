/** The hits of a search, however many: windowed, to be selected, opened and dragged. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Entry } from '../../api/types';
import { containerIcon, datasetIcon, fileIcon } from '../../icons';
import { sizeText } from '../../quantities';
import { Rows } from '../../rows/rows';
import type { ICellWriter, IDataLake } from '../../tokens';
import { kindText } from '../words';

interface Props {
  rows: readonly Entry[];
  /** They grow in place: their number tells that there are more. */
  count: number;
  lake: IDataLake;
  writer: ICellWriter | null;
  trans: TranslationBundle;
}

const ICONS = { container: containerIcon, dataset: datasetIcon, file: fileIcon };
const keyOf = (entry: Entry) => entry.did;

/** The list. */
export function Hits({ rows, count, lake, writer, trans }: Props): React.ReactElement {
  const at = React.useCallback((index: number) => rows[index], [rows]);
  const facts = (entry: Entry) => ({
    text: [entry.did, kindText(entry.kind, trans), sizeText(entry.size), aboutText(entry)].filter(Boolean).join(', '),
    className: `vre-did vre-${entry.kind}`,
    did: entry.did
  });
  return (
    <Rows
      role="listbox"
      label={trans.__('Search results')}
      multiple
      count={count}
      at={at}
      keyOf={keyOf}
      facts={facts}
      render={entry => <Hit entry={entry} />}
      onSelect={keys => lake.select([...keys])}
      onAct={({ did }) => lake.openDid(did)}
      onDrag={writer ? (entries, move) => writer.startDrag(entries, move) : undefined}
    />
  );
}

/** What its metadata say, as far as the search brought it. */
function aboutText({ title, experiment, year }: Entry): string {
  // Many titles name their experiment and its year.
  return [title, ...[experiment, year].filter(fact => fact && !title?.includes(fact))].filter(Boolean).join(' · ');
}

function Hit({ entry }: { entry: Entry }): React.ReactElement {
  const Icon = ICONS[entry.kind].react;
  const about = aboutText(entry);
  return (
    <>
      <Icon tag="span" className="vre-kind" />
      <span className="vre-hit" title={[entry.did, about].filter(Boolean).join('\n')}>
        <span className="vre-hit-did">
          <span className="vre-hit-scope">{entry.scope}:</span>
          {entry.name}
        </span>
        <span className="vre-hit-about">{about}</span>
      </span>
      <span className="vre-note">{sizeText(entry.size)}</span>
    </>
  );
}
