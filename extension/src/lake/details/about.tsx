/** What is known about a DID: embargo, metadata, what holds it, how to cite it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Dataset, MetadataItem } from '../../api/types';
import { inOrder, keyText } from '../../metadata';
import { Copy } from './copy';
import { InnerTable } from './inner-table';
import { tableOf, typeText, valueText } from './words';

interface Props {
  dataset: Dataset;
  open: (did: string) => void;
  trans: TranslationBundle;
}

/** The first tab. */
export function About({ dataset, open, trans }: Props): React.ReactElement {
  const { embargo, metadata, parents } = dataset;
  return (
    <>
      {embargo && (
        <p className="vre-embargo" role="note">
          {embargo}
        </p>
      )}
      <Metadata items={metadata} trans={trans} />
      {parents.length > 0 && (
        <>
          <h3>{trans.__('Part of')}</h3>
          <ul className="vre-parents">
            {parents.map(({ did }) => (
              <li key={did}>
                <button type="button" className="vre-link" onClick={() => open(did)}>
                  {did}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <Citation {...dataset.citation} trans={trans} />
    </>
  );
}

/** A table inside the metadata, such as what the columns of a file are, stands below the rest. */
function Metadata({ items, trans }: { items: MetadataItem[]; trans: TranslationBundle }): React.ReactElement {
  if (items.length === 0) {
    return <p>{trans.__('Nobody wrote metadata.')}</p>;
  }
  const facts = inOrder(items, trans).filter(({ value }) => tableOf(value) === null);
  return (
    <>
      {facts.length > 0 && <Facts items={facts} trans={trans} />}
      {items.map(({ key, value }) => {
        const rows = tableOf(value);
        return rows && <InnerTable key={key} name={key} rows={rows} trans={trans} />;
      })}
    </>
  );
}

/** Keys in words; the key itself, which a search asks for, is told by the mouse. */
function Facts({ items, trans }: { items: MetadataItem[]; trans: TranslationBundle }): React.ReactElement {
  return (
    <table className="vre-facts" aria-label={trans.__('Metadata')}>
      <tbody>
        {items.map(item => (
          <tr key={item.key}>
            <th scope="row" title={item.key}>
              {keyText(item.key, trans)}
            </th>
            <td title={typeText(item.kind, trans) || undefined}>
              {valueText(item, trans)}
              {item.unit && <span className="vre-unit"> {item.unit}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type CitationProps = Dataset['citation'] & { trans: TranslationBundle };

function Citation({ line, bibtex, trans }: CitationProps): React.ReactElement {
  return (
    <>
      <h3>{trans.__('Cite')}</h3>
      <p className="vre-citation">
        {line} <Copy text={line} what={trans.__('the citation')} trans={trans} />
      </p>
      <pre className="vre-bibtex" tabIndex={0} aria-label={trans.__('BibTeX')}>
        {bibtex}
      </pre>
      <Copy text={bibtex} what="BibTeX" trans={trans} />
    </>
  );
}
