/** The section in which the lake is browsed: filter, tools for what is selected, tree, and how it stands. */

import type { CommandRegistry } from '@lumino/commands';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { FilterBox } from '../forms/filter-box';
import { Rows } from '../rows/rows';
import type { ICellWriter, IDataLake } from '../tokens';
import { NodeRow } from './node-row';
import { didsOf, isRemark } from './nodes';
import type { TreeNode, TreeRemark, TreeRow } from './nodes';
import { Section } from './section';
import { Tools } from './tools';
import type { LakeTree } from './tree';
import { useSignal } from './use-signal';
import { factsOf, remarkText } from './words';

interface TreeViewProps {
  tree: LakeTree;
  lake: IDataLake;
  commands: CommandRegistry;
  cells: ICellWriter | null;
  trans: TranslationBundle;
}

/** The widget of the section. */
export class TreeSection extends Section {
  /** Somebody looks: before that the lake need not be asked. */
  readonly seen: Promise<void>;
  private see: () => void = () => undefined;

  constructor(private props: TreeViewProps) {
    super();
    this.addClass('vre-section');
    this.id = 'vre-dm-tree';
    this.title.label = props.trans.__('Browse');
    this.seen = new Promise(resolve => (this.see = resolve));
  }

  protected look(): void {
    this.see();
  }

  protected render(): JSX.Element {
    return <TreeView {...this.props} />;
  }
}

function TreeView(props: TreeViewProps): JSX.Element {
  const { tree, lake, trans } = props;
  useSignal(tree.changed, lake.changed);
  const empty = tree.rows.every(isRemark);
  return (
    <>
      <div className="vre-tree-head">
        <Filter tree={tree} trans={trans} />
        <Tools lake={lake} commands={props.commands} trans={trans} />
      </div>
      {empty ? <Nothing {...props} /> : <Tree {...props} />}
      {!empty && <Standing {...props} />}
    </>
  );
}

function Filter({ tree, trans }: Pick<TreeViewProps, 'tree' | 'trans'>): JSX.Element {
  const [text, setText] = React.useState(tree.filter);
  const filter = (typed: string) => {
    setText(typed);
    tree.filter = typed;
  };
  const down = (event: React.KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown') {
      const section = event.currentTarget.closest('.vre-section');
      section?.querySelector<HTMLElement>('.vre-row[tabindex="0"]')?.focus();
      event.preventDefault();
    }
  };
  return (
    <FilterBox
      label={trans.__('Filter what is open in the tree')}
      placeholder={trans.__('Filter the tree')}
      value={text}
      change={filter}
      onKeyDown={down}
    />
  );
}

function Tree({ tree, lake, cells, trans }: TreeViewProps): JSX.Element {
  const { rows, expanded } = tree;
  const act = (row: TreeRow) => {
    if (isRemark(row)) {
      tree.retry(row.node);
    } else if (row.did === null || row.kind === 'container') {
      tree.toggle(row);
    } else {
      lake.openDid(row.did);
    }
  };
  const copy = (event: React.ClipboardEvent) => {
    if (lake.selection.length && (event.target as HTMLElement).closest('.vre-row')) {
      event.clipboardData.setData('text/plain', lake.selection.join('\n'));
      event.preventDefault();
    }
  };
  return (
    <div className="vre-rows-place" onCopy={copy}>
      <Rows<TreeRow>
        key={lake.lake}
        role="tree"
        label={trans.__('Data lake')}
        multiple
        count={rows.length}
        at={index => rows[index]}
        keyOf={row => row.key}
        wordOf={row => (isRemark(row) ? '' : row.name)}
        facts={row => factsOf(row, expanded, trans)}
        render={row => <NodeRow row={row} open={expanded.has(row.key)} trans={trans} />}
        onSelect={keys => lake.select(didsOf(keys))}
        onAct={act}
        onExpand={(row, open) => (isRemark(row) ? undefined : tree.toggle(row as TreeNode, open))}
        onDrag={cells ? (dragged, move) => startDrag(cells, dragged, move) : undefined}
      />
    </div>
  );
}

function startDrag(cells: ICellWriter, dragged: TreeRow[], move: MouseEvent): void {
  const entries = dragged.flatMap(row =>
    isRemark(row) || row.did === null || row.kind === 'scope' ? [] : [{ did: row.did, kind: row.kind }]
  );
  if (entries.length) {
    cells.startDrag(entries, move);
  }
}

/** Instead of an empty tree: why it is empty. */
function Nothing({ tree, lake, trans }: TreeViewProps): JSX.Element {
  const remark = tree.rows.find(isRemark);
  const text = tree.filter && tree.ready ? trans.__('Nothing that is open has this in its name.') : '';
  const failed = remark?.remark === 'failed';
  return (
    <div className="vre-nothing">
      <p>{text || (remark ? remarkText(remark, trans) : (lake.problem ?? trans.__('Asking the lake …')))}</p>
      {failed && (
        <button className="jp-Button jp-mod-styled" onClick={() => tree.retry(null)}>
          {trans.__('Try again')}
        </button>
      )}
    </div>
  );
}

/** One line below the tree: what fails in it in full, unless the head says it; else how many rows it shows. */
function Standing({ tree, lake, trans }: TreeViewProps): JSX.Element {
  const isFailed = (row: TreeRow): row is TreeRemark => isRemark(row) && row.remark === 'failed';
  const failed = lake.reach?.reachable === false ? undefined : tree.rows.find(isFailed);
  const shown = tree.rows.length;
  const text = failed?.error ? failed.error.message : tree.filter ? trans._n('%1 row', '%1 rows', shown) : '';
  return (
    <p className={`vre-standing ${failed ? 'vre-mod-failed' : ''}`} role="status">
      {text}
    </p>
  );
}
