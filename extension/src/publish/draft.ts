/** What the publish dialog holds, what is wrong with it, and the order it gives. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { PublishOrder } from '../api/types';
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

/** What the dialog begins with; `did` is a dataset that the files shall join. */
export function draftFor(paths: readonly string[], scopes: readonly string[], did: string | null): PublishDraft {
  const [scope, name] = did === null ? [] : did.split(':');
  return {
    isNew: did === null,
    scope: scope ?? scopes[0] ?? '',
    name: name ?? proposedName(paths[0] ?? ''),
    prefix: '',
    rse: '',
    days: '',
    comment: '',
    metadata: emptyDraft
  };
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
    comment: draft.comment.trim() || null
  };
  return { order, faults };
}

/** The field of the dialog that a refusal of the server belongs to. */
export function fieldOfRefusal(field: string | null): string | null {
  return field === 'did' ? 'name' : field;
}

/** Whether the form shows this field, so that what was refused can stand there. */
export function isShown(field: string | null, draft: PublishDraft, form: Form): field is string {
  const own = ['files', 'scope', 'name', 'prefix', 'rse', ...(draft.isNew ? ['days', 'comment', 'metadata'] : [])];
  const keys = draft.isNew ? form.fields.map(({ key }) => `metadata.${key}`) : [];
  return field !== null && [...own, ...keys].includes(field);
}
