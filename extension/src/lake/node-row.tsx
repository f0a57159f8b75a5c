/** What is seen of one row of the tree. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { containerIcon, datasetIcon, fileIcon, scopeIcon } from '../icons';
import { canOpen, isRemark } from './nodes';
import type { TreeNode, TreeRow } from './nodes';
import { noteText, remarkText } from './words';

const ICONS: Record<TreeNode['kind'], LabIcon> = {
  scope: scopeIcon,
  container: containerIcon,
  dataset: datasetIcon,
  file: fileIcon
};

interface NodeRowProps {
  row: TreeRow;
  open: boolean;
  trans: TranslationBundle;
}

/** A line of the tree; the row around it tells screen readers the same in words. */
export function NodeRow({ row, open, trans }: NodeRowProps): JSX.Element {
  const indent = <span className="vre-indent" style={{ inlineSize: `${row.level - 1}em` }} />;
  if (isRemark(row)) {
    const text = remarkText(row, trans);
    return (
      <>
        {indent}
        <span className="vre-remark-text" title={text}>
          {text}
        </span>
      </>
    );
  }
  const Icon = ICONS[row.kind].react;
  return (
    <>
      {indent}
      <span className={`vre-twisty ${canOpen(row) ? (open ? 'vre-mod-open' : 'vre-mod-closed') : ''}`} />
      <Icon tag="span" className="vre-kind" />
      <span className="vre-name" title={row.did ?? row.name}>
        <bdi>{row.name}</bdi>
      </span>
      <span className="vre-note">{noteText(row, trans)}</span>
    </>
  );
}
