/** The table of rules; in a narrow panel each row becomes a block (see style/rules.css). */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { LakeError } from '../api/error';
import type { Rule, RuleAction } from '../api/types';
import { momentText, spanText } from '../quantities';
import type { RuleActions } from './actions';
import { actionText } from './actions';

interface TableProps {
  rules: readonly Rule[];
  refused: ReadonlyMap<string, LakeError>;
  actions: RuleActions;
  trans: TranslationBundle;
}

/** What is kept, where, how that stands, and what can be done. */
export function RuleTable({ rules, refused, actions, trans }: TableProps): React.ReactElement {
  const heads = [
    trans.__('DID'),
    trans.__('RSE'),
    trans.__('State'),
    trans.__('Time to go'),
    trans.__('Kept until'),
    trans.__('Actions')
  ];
  return (
    // The roles stay what they are when the style makes blocks of the rows.
    <table className="vre-table vre-rule-table" role="table" aria-label={trans.__('My rules')}>
      <thead role="rowgroup">
        <tr role="row">
          {heads.map(head => (
            <th key={head} scope="col" role="columnheader">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rules.map(rule => (
          <RuleRow key={rule.id} rule={rule} refused={refused.get(rule.id)} actions={actions} trans={trans} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  rule: Rule;
  refused: LakeError | undefined;
  actions: RuleActions;
  trans: TranslationBundle;
}

function RuleRow({ rule, refused, actions, trans }: RowProps): React.ReactElement {
  const left = spanText(rule.seconds, trans);
  const until = rule.expires === null ? trans.__('for ever') : momentText(rule.expires, trans);
  return (
    <tr role="row" className={`vre-rule vre-rule-${rule.state.toLowerCase()}`} data-rule={rule.id} tabIndex={-1}>
      <th scope="row" role="rowheader">
        {rule.did}
      </th>
      <td role="cell" data-head={trans.__('RSE')}>
        {rule.rse}
      </td>
      <td role="cell">
        <Sentence rule={rule} />
        <p className="vre-field-error" role="alert">
          {refused?.message ?? ''}
        </p>
      </td>
      <td role="cell" data-head={left && trans.__('Time to go')}>
        {left}
      </td>
      <td role="cell" data-head={trans.__('Kept until')}>
        {until}
      </td>
      <td role="cell">
        <div className="vre-job-actions">
          {rule.can.map(action => (
            <RuleButton key={action} action={action} rule={rule} act={() => actions.run(action, rule)} trans={trans} />
          ))}
        </div>
      </td>
    </tr>
  );
}

/** Rucio's word for the state stands out where the sentence begins with it. */
function Sentence({ rule: { state, sentence } }: { rule: Rule }): React.ReactElement {
  const word = sentence.startsWith(state) ? state : '';
  return (
    <>
      {word && <span className="vre-rule-state">{word}</span>}
      {sentence.slice(word.length)}
    </>
  );
}

interface RuleButtonProps {
  action: RuleAction;
  rule: Rule;
  act: () => void;
  trans: TranslationBundle;
}

function RuleButton({ action, rule, act, trans }: RuleButtonProps): React.ReactElement {
  const label = actionText(action, trans);
  const name = trans.__('%1: %2 at %3', label, rule.did, rule.rse);
  return (
    <button type="button" className="vre-small-button" aria-label={name} onClick={act}>
      {label}
    </button>
  );
}
