/** What the publish dialog holds, what is wrong with it, and the order it gives. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { LakeError } from '../api/error';
import type { PublishOrder, PublishSchema } from '../api/types';
import { daysOf } from '../rules/days';
import { nameFault, proposedName } from './names';
import type { SchemaField } from './schema';
import type { MetadataDraft } from './values';
import { emptyDraft, metadataOf } from './values';

/** State of the dialog. */
export interface PublishDraft {
  /** Whether the dataset is made; else files join one that is there. */
  isNew: boolean;
  scope: string;
  name: string;
  prefix: string;
  rse: string;
  days: string;
  comment: string;
  metadata: MetadataDraft;
}

/** Faults by field; those of the metadata as `metadata.KEY`. */
export type Faults = Record<string, string>;

/** What the lake says of uploads before anything is typed. */
export type Usual = Pick<PublishSchema, 'scopes' | 'rse'>;

/** What the dialog begins with; `did` is a dataset that the files shall join. */
export function draftFor(paths: readonly string[], usual: Usual, did: string | null): PublishDraft {
  const [scope, name] = did === null ? [] : did.split(':');
  return {
    isNew: did === null,
    scope: scope ?? usual.scopes[0] ?? '',
    name: name ?? proposedName(paths[0] ?? ''),
    prefix: '',
    rse: did === null ? (usual.rse ?? '') : '',
    days: '',
    comment: '',
    metadata: emptyDraft
  };
}

/** The other purpose: the usual storage element is proposed for a new dataset only, as one that is there has its own. */
export function turned({ rse }: PublishDraft, isNew: boolean, usual: Usual): Partial<PublishDraft> {
  const own = rse === usual.rse ? '' : rse;
  return { isNew, rse: own || (isNew ? (usual.rse ?? '') : '') };
}

/** The schema of the metadata, read once. */
export interface Form {
  fields: readonly SchemaField[];
  keyPattern: string | null;
}

/** The order of a draft, or its faults. */
export function orderOf(
  draft: PublishDraft,
  files: readonly string[],
  form: Form,
  trans: TranslationBundle
): { order: PublishOrder | null; faults: Faults } {
  const faults: Faults = {};
  const note = (field: string, fault: string | null) => fault && (faults[field] = fault);
  note('scope', draft.scope ? null : trans.__('Choose a scope'));
  note('name', nameFault(draft.name.trim(), trans));
  note('rse', draft.isNew && !draft.rse.trim() ? trans.__('Name a storage element') : null);
  const lifetime = daysOf(draft.isNew ? draft.days : '', trans);
  note('days', lifetime.fault);
  const { values, faults: strange } = draft.isNew
    ? metadataOf(draft.metadata, form.fields, form.keyPattern, trans)
    : { values: {}, faults: {} };
  Object.entries(strange).forEach(([key, fault]) => note(`metadata.${key}`, fault));
  if (Object.keys(faults).length > 0) {
    return { order: null, faults };
  }
  const order: PublishOrder = {
    files: [...files],
    did: `${draft.scope}:${draft.name.trim()}`,
    rse: draft.rse.trim() || null,
    days: lifetime.days,
    metadata: values,
    prefix: draft.prefix.trim() || null,
    comment: draft.comment.trim() || null,
    new: draft.isNew
  };
  return { order, faults };
}

/** The field of the dialog at which a refusal of the server stands; null where that is above the buttons. */
export function fieldOf({ field }: LakeError, draft: PublishDraft, form: Form): string | null {
  const [root, key, ...cell] = (field === 'did' ? 'name' : (field ?? '')).split('.');
  if (root !== 'metadata' || !draft.isNew) {
    const own = ['files', 'scope', 'name', 'prefix', 'rse', ...(draft.isNew ? ['days', 'comment'] : [])];
    return own.includes(root) ? root : null;
  }
  const further = draft.metadata.further.findIndex(row => row.key.trim() === key);
  if (further >= 0) {
    return `metadata.further.${further}`;
  }
  return form.fields.some(field => field.key === key) ? [root, key, ...cell].join('.') : root;
}

/** Whether what a refusal blames is still as it was when it was sent. */
export function holds(field: string | null, sent: PublishDraft, now: PublishDraft): boolean {
  const [root, key] = (field ?? '').split('.');
  switch (root) {
    case 'files':
      return true;
    case 'name':
      return sent.name === now.name && sent.scope === now.scope && sent.isNew === now.isNew;
    case 'metadata': {
      const [before, after] = [sent.metadata, now.metadata];
      return key && key !== 'further'
        ? before.texts[key] === after.texts[key] && before.tables[key] === after.tables[key]
        : before === after;
    }
    case 'scope':
    case 'prefix':
    case 'rse':
    case 'days':
    case 'comment':
      return sent[root] === now[root];
    default:
      return sent === now;
  }
}
