/** The files of a DID, however many: sizes, checksums, a filter by name. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { FileRow } from '../../api/types';
import { FilterBox } from '../../forms/filter-box';
import { sizeText } from '../../quantities';
import { Rows } from '../../rows/rows';
import type { ICellWriter, IDataLake } from '../../tokens';
import { useSignal } from '../use-signal';
import { Copy } from './copy';
import { Trouble } from './trouble';
import type { FilePages } from './files';
import type { Details } from './model';

interface Props {
  details: Details;
  files: FilePages;
  lake: IDataLake;
  writer: ICellWriter | null;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

const keyOf = ({ did }: FileRow) => did;

/** The second tab. */
export function Files(props: Props): React.ReactElement {
  const { details, files, trans } = props;
  const { total, error } = files;
  return (
    <>
      <FilterBox
        label={trans.__('Only files whose name fits, such as *.root')}
        placeholder={trans.__('Filter files')}
        value={details.pattern}
        change={pattern => details.narrow(pattern)}
      />
      <Standing {...props} />
      <FetchFitting {...props} />
      {error ? (
        <Trouble error={error} again={() => files.look()} trans={trans} />
      ) : total === null ? (
        <p>{trans.__('Asking the lake…')}</p>
      ) : (
        <FileRows {...props} total={total} />
      )}
    </>
  );
}

/** How many there are, and how many of them are selected: of a long list only what came into sight can be. */
function Standing({ files, lake, trans }: Props): React.ReactElement {
  useSignal(lake.selectionChanged);
  const { total, size } = files;
  const taken = files.count(lake.selection);
  const all = trans._n('%1 file, %2', '%1 files, %2', total ?? 0, sizeText(size) || trans.__('size unknown'));
  return (
    <p className="vre-files-count" role="status">
      {total === null ? '' : taken > 1 ? trans.__('%1; %2 of them selected', all, taken) : all}
    </p>
  );
}

/** All that the filter lets through, however many, by one fetch. */
function FetchFitting({ details, files, commands, trans }: Props): React.ReactElement | null {
  const { total, pattern } = files;
  if (!total || pattern === '' || !commands.hasCommand('vre-dm:fetch')) {
    return null;
  }
  const fetch = () => void commands.execute('vre-dm:fetch', { did: details.did, files: pattern });
  return (
    <button type="button" className="vre-small-button vre-fetch-fitting" onClick={fetch}>
      {trans._n('Fetch this file', 'Fetch these %1 files', total)}
    </button>
  );
}

function FileRows({ details, files, total, lake, writer, trans }: Props & { total: number }): React.ReactElement {
  // Many datasets name their files after themselves: what tells them apart comes behind that.
  const prefix = `${details.did?.slice(details.did.indexOf(':') + 1)}/`;
  return (
    <Rows
      role="grid"
      label={trans.__('Files')}
      multiple
      count={total}
      at={files.at}
      keyOf={keyOf}
      facts={file => ({ text: file.name, className: 'vre-did vre-file', did: file.did })}
      render={file => <Cells file={file} prefix={prefix} trans={trans} />}
      onRange={files.show}
      onSelect={keys => lake.select(details.chosen([...keys]))}
      onAct={({ did }) => lake.openDid(did)}
      onDrag={writer ? (rows, move) => writer.startDrag(rows.map(fileEntry), move) : undefined}
    />
  );
}

function fileEntry({ did }: FileRow): { did: string; kind: 'file' } {
  return { did, kind: 'file' };
}

interface CellsProps {
  file: FileRow;
  prefix: string;
  trans: TranslationBundle;
}

function Cells({ file, prefix, trans }: CellsProps): React.ReactElement {
  const { name, size, adler32, md5 } = file;
  const sum = (kind: string, text: string) => (
    <Copy text={text} what={trans.__('%1 of %2', kind, name)} inList trans={trans}>
      <code>{text}</code>
    </Copy>
  );
  return (
    <>
      <span role="gridcell" className="vre-file-name" title={name}>
        {name.startsWith(prefix) ? name.slice(prefix.length) : name}
      </span>
      <span role="gridcell" className="vre-file-size">
        {sizeText(size)}
      </span>
      <span role="gridcell" className="vre-file-sum">
        {adler32 && sum('adler32', adler32)}
      </span>
      <span role="gridcell" className="vre-file-sum vre-file-md5">
        {md5 && sum('md5', md5)}
      </span>
    </>
  );
}
