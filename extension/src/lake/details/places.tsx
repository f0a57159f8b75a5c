/** Where the copies are, and which rules keep them there. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Replicas, Rule } from '../../api/types';
import { momentText, sizeText } from '../../quantities';
import { copyText, unreadableText } from './words';

interface ReplicasProps {
  replicas: Replicas;
  trans: TranslationBundle;
}

/** The third tab: storage elements and protocols. */
export function ReplicaTable({ replicas, trans }: ReplicasProps): React.ReactElement {
  if (replicas.rows.length === 0) {
    return <p>{trans.__('There is no copy that can be read.')}</p>;
  }
  return (
    <table className="vre-facts" aria-label={trans.__('Replicas')}>
      <thead>
        <tr>
          <th scope="col">{trans.__('RSE')}</th>
          <th scope="col">{trans.__('Protocol')}</th>
          <th scope="col">{trans.__('Copy')}</th>
          <th scope="col">{trans.__('Size')}</th>
        </tr>
      </thead>
      <tbody>
        {replicas.rows.map(row => (
          <tr key={`${row.rse} ${row.scheme}`}>
            <th scope="row">{row.rse}</th>
            <td>{row.scheme}</td>
            <td>
              {copyText(row, replicas, trans)}
              <span className="vre-unreadable"> {unreadableText(row, trans)}</span>
            </td>
            <td>{sizeText(row.size)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface RulesProps {
  rules: Rule[];
  /** Asks for copies elsewhere; null where nobody can. */
  keep: (() => void) | null;
  trans: TranslationBundle;
}

/** The fourth tab: each rule in a sentence. */
export function Rules({ rules, keep, trans }: RulesProps): React.ReactElement {
  return (
    <>
      {rules.length === 0 && <p>{trans.__('No rule keeps it. Its copies may be deleted at any time.')}</p>}
      <ul className="vre-rules-on" aria-label={trans.__('Rules')}>
        {rules.map(rule => (
          <li key={rule.id}>
            <strong>{rule.rse}</strong> {rule.sentence}
            {rule.next && <p>{rule.next}</p>}
            <p className="vre-rule-who">
              {rule.expires
                ? trans.__('of %1, until %2', rule.account, momentText(rule.expires, trans))
                : trans.__('of %1, without end', rule.account)}
            </p>
          </li>
        ))}
      </ul>
      {keep && (
        <button type="button" className="jp-Button jp-mod-styled" onClick={keep}>
          {trans.__('Keep at…')}
        </button>
      )}
    </>
  );
}
