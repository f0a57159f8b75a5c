/** Fields of the settings editor that it cannot make of the schema alone. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { IFormRenderer, IFormRendererRegistry } from '@jupyterlab/ui-components';
import * as React from 'react';
import { TemplatesSetting } from '../cells/templates-setting';
import { SETTINGS } from '../lake/settings';
import type { IDataLake } from '../tokens';
import { LakeSetting } from './lake-setting';

type FieldProps = React.ComponentProps<NonNullable<IFormRenderer['fieldRenderer']>>;

/** Put the fields in the place of those that the editor would make. */
export function addFields(forms: IFormRendererRegistry, lake: IDataLake, trans: TranslationBundle): void {
  const add = (key: string, fieldRenderer: (props: FieldProps) => React.ReactElement) =>
    forms.addRenderer(`${SETTINGS}.${key}`, { fieldRenderer });
  add('lake', ({ schema, formData, onChange }) => (
    <LakeSetting {...{ lake, trans }} title={schema.title ?? ''} value={formData ?? ''} change={onChange} />
  ));
  add('cellTemplates', ({ schema, formData, onChange }) => (
    <TemplatesSetting
      {...{ trans }}
      title={schema.title ?? ''}
      about={schema.description ?? ''}
      value={formData ?? {}}
      change={onChange}
    />
  ));
}
