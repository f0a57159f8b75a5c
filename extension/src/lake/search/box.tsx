/** The box to type into, with recent searches, and what to look for. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { LakeError } from '../../api/error';
import type { SearchModel } from './model';
import { kindsOf } from './words';

interface Props {
  model: SearchModel;
  addFilter: () => void;
  trans: TranslationBundle;
}

/** Whether an error is about what was typed into the box. */
export function isAtBox({ field }: LakeError): boolean {
  return field === 'pattern' || field === 'scope';
}

/** The form; while a search runs its button stops it. */
export function Box({ model, addFilter, trans }: Props): React.ReactElement {
  const error = React.useId();
  const { error: failed, phase } = model;
  const wrong = failed && isAtBox(failed) ? failed.message : null;
  const asking = phase === 'asking';
  return (
    <form
      className="vre-search-box"
      role="search"
      onSubmit={event => {
        event.preventDefault();
        void model.submit();
      }}
    >
      <PatternInput model={model} error={wrong ? error : undefined} trans={trans} />
      <button type="submit" className="jp-Button jp-mod-styled jp-mod-accept">
        {trans.__('Search')}
      </button>
      <p className="vre-field-error" id={error} role="alert">
        {wrong ?? ''}
      </p>
      <KindChoice model={model} trans={trans} />
      <button type="button" className="jp-Button jp-mod-styled" onClick={addFilter}>
        {trans.__('Add filter')}
      </button>
      <Recent model={model} trans={trans} />
      {asking && (
        <button type="button" className="jp-Button jp-mod-styled" onClick={() => model.stop()}>
          {trans.__('Stop')}
        </button>
      )}
    </form>
  );
}

type InputProps = Pick<Props, 'model' | 'trans'> & { error: string | undefined };

function PatternInput({ model, error, trans }: InputProps): React.ReactElement {
  return (
    <input
      type="search"
      className="jp-mod-styled"
      aria-label={trans.__('Name, scope:name, words of a title, or a filter such as year>=2017')}
      aria-describedby={error}
      aria-invalid={error ? true : undefined}
      placeholder={trans.__('words or name*')}
      autoComplete="off"
      spellCheck={false}
      value={model.draft.pattern}
      onChange={event => model.edit({ pattern: event.target.value })}
    />
  );
}

function KindChoice({ model, trans }: Pick<Props, 'model' | 'trans'>): React.ReactElement {
  return (
    <select
      className="jp-mod-styled"
      aria-label={trans.__('Search for')}
      value={model.draft.kind}
      onChange={event => model.edit({ kind: event.target.value })}
    >
      {kindsOf(trans).map(([kind, label]) => (
        <option key={kind} value={kind}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** Choosing one asks it again. */
function Recent({ model, trans }: Pick<Props, 'model' | 'trans'>): React.ReactElement | null {
  const { texts } = model.recent;
  return texts.length === 0 ? null : (
    <select
      className="jp-mod-styled"
      aria-label={trans.__('Recent searches')}
      value=""
      onChange={event => {
        model.edit({ pattern: event.target.value, filters: [] });
        void model.submit();
      }}
    >
      <option value="" disabled>
        {trans.__('Recent')}
      </option>
      {texts.map(text => (
        <option key={text} value={text}>
          {text}
        </option>
      ))}
    </select>
  );
}
