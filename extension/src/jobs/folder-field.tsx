/** A field for a folder of the file browser, which proposes those that are there. */

import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { TextField } from '../forms/field';

interface FolderFieldProps {
  contents: Contents.IManager;
  value: string;
  change: (value: string) => void;
  error: string | null;
  trans: TranslationBundle;
}

/** Any other name may be typed: the folder is made. */
export function FolderField({ contents, trans, ...field }: FolderFieldProps): React.ReactElement {
  const parent = field.value.slice(0, field.value.lastIndexOf('/') + 1);
  const [folders, setFolders] = React.useState<readonly string[]>([]);
  React.useEffect(() => {
    let wanted = true;
    foldersIn(contents, parent).then(
      found => wanted && setFolders(found),
      () => wanted && setFolders([]) // none is there: it would be made
    );
    return () => {
      wanted = false;
    };
  }, [contents, parent]);
  return (
    <TextField
      {...field}
      label={trans.__('Folder')}
      hint={trans.__('As the file browser shows it, such as data/xenon; empty: its top folder')}
      proposals={folders}
    />
  );
}

/** Paths of the folders in a folder whose path is empty or ends with a slash, as one goes on typing it. */
export async function foldersIn(contents: Pick<Contents.IManager, 'get'>, parent: string): Promise<string[]> {
  const { content } = await contents.get(parent.replace(/\/+$/, ''), { content: true, type: 'directory' });
  const models: Contents.IModel[] = Array.isArray(content) ? content : [];
  return models.filter(({ type }) => type === 'directory').map(({ name }) => `${parent}${name}/`);
}
