/** One filter being made or changed: key, comparison and value, each by the kind of what the key holds. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { MetadataKey, ValueKind } from '../../api/types';
import { Field } from '../../forms/field';
import type { ControlProps } from '../../forms/field';
import { kindOf, operatorsOf, problemOf } from './query';
import type { Filter, FilterProblem, Operator } from './query';
import { problemText } from './words';

interface Props {
  start: Filter;
  keys: readonly MetadataKey[];
  done: (filter: Filter) => void;
  cancel: () => void;
  trans: TranslationBundle;
}

/** The form; Enter takes it, Escape leaves everything as it was. */
export function FilterForm({ start, keys, done, cancel, trans }: Props): React.ReactElement {
  const { filter, kind, problem, change, submit } = useDraft(start, keys, done);
  const known = keys.find(({ key }) => key === filter.key);
  const text = problem && problemText(problem, trans);
  return (
    <form
      className="vre-filter-form"
      aria-label={trans.__('Filter')}
      onSubmit={submit}
      onKeyDown={event => (event.key === 'Escape' ? cancel() : undefined)}
    >
      <KeyField {...{ filter, change, keys, trans }} error={problem === 'key' ? text : null} />
      <OperatorField {...{ filter, change, kind, trans }} />
      <ValueField {...{ filter, change, kind, known, trans }} error={problem === 'key' ? null : text} />
      <span className="vre-filter-buttons">
        <button type="submit" className="jp-Button jp-mod-styled jp-mod-accept">
          {trans.__('Apply')}
        </button>
        <button type="button" className="jp-Button jp-mod-styled" onClick={cancel}>
          {trans.__('Cancel')}
        </button>
      </span>
    </form>
  );
}

interface Draft {
  filter: Filter;
  kind: ValueKind;
  problem: FilterProblem | null;
  change: (part: Partial<Filter>) => void;
  submit: (event: React.FormEvent) => void;
}

/** The filter as it stands in the form; `done` gets one that can be asked. */
function useDraft(start: Filter, keys: readonly MetadataKey[], done: Props['done']): Draft {
  const [filter, setFilter] = React.useState(start);
  const [problem, setProblem] = React.useState<FilterProblem | null>(null);
  const kind = kindOf(filter, keys);
  const change = (part: Partial<Filter>) => {
    setProblem(null);
    setFilter({ ...filter, ...part });
  };
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const wrong = problemOf(filter, kind);
    const operator = operatorsOf(kind).includes(filter.operator) ? filter.operator : '=';
    setProblem(wrong);
    if (!wrong) {
      done({ ...filter, operator, value: filter.value.trim() });
    }
  };
  return { filter, kind, problem, change, submit };
}

interface PartProps {
  filter: Filter;
  change: (part: Partial<Filter>) => void;
  error?: string | null;
  trans: TranslationBundle;
}

function KeyField({ filter, change, keys, error, trans }: PartProps & { keys: Props['keys'] }): React.ReactElement {
  const list = React.useId();
  return (
    <Field label={trans.__('Key')} error={error}>
      {tied => (
        <>
          <input
            {...tied}
            className="jp-mod-styled"
            list={list}
            autoFocus
            autoComplete="off"
            spellCheck={false}
            value={filter.key}
            onChange={event => change({ key: event.target.value, ...freshValue(event.target.value, keys) })}
          />
          <datalist id={list}>
            {keys.map(({ key, example }) => (
              <option key={key} value={key} label={`${key} (${String(example)})`} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

/** A boolean is chosen, not written: its first choice stands as soon as its key does. */
function freshValue(key: string, keys: readonly MetadataKey[]): Partial<Filter> {
  return keys.find(known => known.key === key)?.kinds[0] === 'boolean' ? { value: 'true', operator: '=' } : {};
}

function OperatorField({ filter, change, kind, trans }: PartProps & { kind: ValueKind }): React.ReactElement {
  const words: Record<Operator, string> = {
    '=': trans.__('is'),
    '!=': trans.__('is not'),
    '>=': trans.__('at least'),
    '<=': trans.__('at most'),
    '>': trans.__('more than'),
    '<': trans.__('less than')
  };
  return (
    <Field label={trans.__('Comparison')}>
      {tied => (
        <select
          {...tied}
          className="jp-mod-styled"
          value={filter.operator}
          onChange={event => change({ operator: event.target.value as Operator })}
        >
          {operatorsOf(kind).map(operator => (
            <option key={operator} value={operator}>
              {words[operator]}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

type ValueProps = PartProps & { kind: ValueKind; known: MetadataKey | undefined };

function ValueField({ filter, change, kind, known, error, trans }: ValueProps): React.ReactElement {
  const unit = known?.unit;
  const example = known?.example ?? null;
  const hint = example === null ? undefined : trans.__('Such as %1', String(example));
  return (
    <Field label={unit ? trans.__('Value (%1)', unit) : trans.__('Value')} hint={hint} error={error}>
      {tied => <ValueControl {...{ tied, filter, change, kind: known ? kind : 'text', trans }} />}
    </Field>
  );
}

type ControlledProps = PartProps & { tied: ControlProps; kind: ValueKind };

function ValueControl({ tied, filter, change, kind, trans }: ControlledProps): React.ReactElement {
  if (kind === 'boolean') {
    return (
      <select
        {...tied}
        className="jp-mod-styled"
        value={filter.value}
        onChange={event => change({ value: event.target.value })}
      >
        <option value="true">{trans.__('true')}</option>
        <option value="false">{trans.__('false')}</option>
      </select>
    );
  }
  return (
    <input
      {...tied}
      className="jp-mod-styled"
      type={kind === 'date' ? 'date' : 'text'}
      inputMode={kind === 'number' ? 'decimal' : undefined}
      autoComplete="off"
      spellCheck={false}
      value={filter.value}
      onChange={event => change({ value: event.target.value })}
    />
  );
}
