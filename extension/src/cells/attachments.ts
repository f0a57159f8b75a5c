/** Notebook metadata `rucio_attachments`: which DIDs a notebook uses, as rucio-jupyterlab writes it. */

import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';

/** Key in the notebook's metadata. */
export const ATTACHMENTS_KEY = 'rucio_attachments';

/** One DID and the variable that stands for it. */
export interface Attachment {
  did: string;
  variableName: string;
  type: 'collection' | 'file';
}

/** Whatever the metadata hold; only what is an attachment is shown, the rest is left where it is. */
export function attachmentsIn(metadata: unknown): Attachment[] {
  return Array.isArray(metadata) ? metadata.filter(isAttachment) : [];
}

/** Metadata with one more; a DID has one variable there, so one that is attached already stays as it is. */
export function attached(metadata: unknown, added: Attachment): ReadonlyPartialJSONValue[] {
  const present = Array.isArray(metadata) ? metadata : [];
  return attachmentsIn(present).some(({ did }) => did === added.did) ? present : [...present, { ...added }];
}

/** Metadata without a DID. */
export function detached(metadata: unknown, did: string): ReadonlyPartialJSONValue[] {
  return Array.isArray(metadata) ? metadata.filter(entry => !(isAttachment(entry) && entry.did === did)) : [];
}

function isAttachment(entry: unknown): entry is Attachment {
  const { did, variableName, type } = (entry ?? {}) as Partial<Record<keyof Attachment, unknown>>;
  return typeof did === 'string' && typeof variableName === 'string' && (type === 'collection' || type === 'file');
}
