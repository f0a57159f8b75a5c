/** The dialog that asks for a cluster: where, how large, and what else the gateway lets one choose. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ClusterOffers, ClusterOption } from '../api/types';
import { Field, TextField } from '../forms/field';
import { sizeText } from '../quantities';
import { RuleForm } from '../rules/rule-form';
import type { ClustersModel } from './model';
import { choicesOf, draftOf, faultsOf, optionsOf, orderOf } from './order';

interface StartProps {
  offers: ClusterOffers;
  model: ClustersModel;
  trans: TranslationBundle;
  close: () => void;
}

/** What a field of the form is given. */
interface Typed {
  value: string;
  error: string | null;
  change: (value: string) => void;
}

/** A refusal stands at its field or above the buttons, and the form stays. */
export function StartForm({ offers, model, trans, close }: StartProps): React.ReactElement {
  return (
    <RuleForm
      initial={draftOf(offers)}
      faultsOf={draft => faultsOf(draft, offers, trans)}
      send={draft => model.start(orderOf(draft, offers, trans)).then(close)}
      label={trans.__('Start')}
      busyText={trans.__('Starting…')}
      cancel={close}
      trans={trans}
    >
      {field => (
        <>
          {offers.problem && <p className="vre-caution">{offers.problem}</p>}
          {offers.gateway !== null && <KindField offers={offers} {...field('kind')} trans={trans} />}
          <TextField
            label={trans.__('Workers')}
            hint={workersHint(field('kind').value, offers, trans)}
            first
            {...field('workers')}
          />
          {field('kind').value === 'local' ? (
            <LocalFields offers={offers} field={field} trans={trans} />
          ) : (
            optionsOf(offers).map(option => <OptionField key={option.field} option={option} {...field(option.field)} />)
          )}
        </>
      )}
    </RuleForm>
  );
}

function workersHint(kind: string, { cores }: ClusterOffers, trans: TranslationBundle): string {
  return kind === 'local'
    ? trans.__('A number, or 1-4 for as many as the work asks. Empty: %1, one a core', cores)
    : trans.__('A number, or 1-4 for as many as the work asks. Empty: 0-8');
}

interface LocalProps {
  offers: ClusterOffers;
  field: (name: string) => Typed;
  trans: TranslationBundle;
}

function LocalFields({ offers, field, trans }: LocalProps): React.ReactElement {
  return (
    <>
      <TextField
        label={trans.__('Memory of each worker')}
        hint={trans.__('Such as 2 GB. Empty: an equal share of what is here (%1)', sizeText(offers.memory))}
        {...field('memory')}
      />
      <TextField
        label={trans.__('Minutes without work after which it ends')}
        hint={trans.__('0: never')}
        {...field('idle')}
      />
    </>
  );
}

function KindField({ offers, value, change, trans }: Typed & Pick<StartProps, 'offers' | 'trans'>): React.ReactElement {
  return (
    <Field label={trans.__('Where')}>
      {props => (
        <select {...props} value={value} onChange={event => change(event.currentTarget.value)}>
          <option value="gateway">{trans.__('Dask Gateway %1', offers.gateway ?? '')}</option>
          <option value="local">{trans.__('This machine')}</option>
        </select>
      )}
    </Field>
  );
}

/** An option as the gateway describes it: its label is the admin's. */
function OptionField({ option, value, error, change }: Typed & { option: ClusterOption }): React.ReactElement {
  const { label, field, spec } = option;
  if (spec.type === 'bool') {
    return (
      <Field label={label || field} error={error}>
        {props => (
          <input
            {...props}
            type="checkbox"
            checked={value === 'true'}
            onChange={event => change(String(event.currentTarget.checked))}
          />
        )}
      </Field>
    );
  }
  if (spec.type === 'select') {
    return (
      <Field label={label || field} error={error}>
        {props => (
          <select {...props} value={value} onChange={event => change(event.currentTarget.value)}>
            {choicesOf(option).map(one => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        )}
      </Field>
    );
  }
  return <TextField label={label || field} value={value} error={error} change={change} />;
}
