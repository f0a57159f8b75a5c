/** The setting "Cells of Add to notebook" in the settings editor: each template as it is, built in or the user's. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Template, TemplateSettings } from './templates';
import { BUILT_IN, PARTS, withPart } from './templates';

interface Props {
  trans: TranslationBundle;
  title: string;
  about: string;
  value: TemplateSettings;
  change: (templates: TemplateSettings) => void;
}

/** Templates by language; only what differs from the built-in ones is kept. */
export function TemplatesSetting({ trans, title, about, value, change }: Props): React.ReactElement {
  const languages = [...new Set([...BUILT_IN.keys(), ...Object.keys(value)])];
  const put = (language: string, part: keyof Template, source: string | null) =>
    change(withPart(value, language, part, source));
  return (
    <fieldset className="vre-templates">
      <legend>{title}</legend>
      <p>{about}</p>
      {languages.map(language => (
        <details key={language}>
          <summary>{language}</summary>
          {PARTS.map(part => (
            <Source
              key={part}
              name={`${language} · ${part}`}
              own={value[language]?.[part]}
              usual={BUILT_IN.get(language)?.[part] ?? ''}
              put={source => put(language, part, source)}
              trans={trans}
            />
          ))}
        </details>
      ))}
      <NewLanguage add={language => put(language, 'fetch', '')} trans={trans} />
    </fieldset>
  );
}

interface SourceProps {
  name: string;
  own: string | undefined;
  usual: string;
  put: (source: string | null) => void;
  trans: TranslationBundle;
}

function Source({ name, own, usual, put, trans }: SourceProps): React.ReactElement {
  const source = own ?? usual;
  const id = React.useId();
  return (
    <div className="vre-template">
      <label htmlFor={id}>{name}</label>
      <textarea
        id={id}
        className="jp-mod-styled"
        spellCheck={false}
        rows={source.split('\n').length}
        value={source}
        onChange={event => put(event.target.value === usual ? null : event.target.value)}
      />
      {own !== undefined && (
        <button type="button" className="jp-Button jp-mod-styled" onClick={() => put(null)}>
          {usual ? trans.__('As built in') : trans.__('Remove')}
        </button>
      )}
    </div>
  );
}

function NewLanguage({
  add,
  trans
}: {
  add: (language: string) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const [language, setLanguage] = React.useState('');
  const name = language.trim().toLowerCase();
  return (
    <p className="vre-new-language">
      <input
        className="jp-mod-styled"
        aria-label={trans.__('Another kernel language')}
        placeholder={trans.__('Another kernel language')}
        value={language}
        onChange={event => setLanguage(event.target.value)}
      />
      <button
        type="button"
        className="jp-Button jp-mod-styled"
        disabled={name === ''}
        onClick={() => {
          add(name);
          setLanguage('');
        }}
      >
        {trans.__('Add')}
      </button>
    </p>
  );
}
