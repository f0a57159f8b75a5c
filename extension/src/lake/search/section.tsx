/** Search as a section of the panel: one box, filters as chips, hits as they come. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { ICellWriter, IDataLake } from '../../tokens';
import { Trouble } from '../details/trouble';
import { Box } from './box';
import { Chips } from './chips';
import { FilterForm } from './filter-form';
import { Hits } from './hits';
import type { SearchModel } from './model';
import { blamed } from './query';
import type { Filter } from './query';
import { standingText } from './words';

interface Props {
  model: SearchModel;
  lake: IDataLake;
  writer: ICellWriter | null;
  trans: TranslationBundle;
}

const NEW: Filter = { key: '', operator: '=', value: '' };

/** The section. */
export class SearchSection extends ReactWidget {
  constructor(private readonly props: Props) {
    super();
    this.addClass('vre-search');
    this.title.label = props.trans.__('Search');
  }

  /** The cursor goes into the box. */
  protected override onActivateRequest(): void {
    void this.renderPromise?.then(() => this.node.querySelector<HTMLInputElement>('input[type=search]')?.focus());
  }

  protected render(): React.ReactElement {
    return <UseSignal signal={this.props.model.changed}>{() => <Search {...this.props} />}</UseSignal>;
  }
}

function Search(props: Props): React.ReactElement {
  const { model, trans } = props;
  const [edited, setEdited] = React.useState<number | null>(null);
  const { filters } = model.draft;
  const ask = (next: readonly Filter[]) => {
    model.edit({ filters: next });
    void model.submit();
  };
  const edit = (index: number) => {
    void model.learnKeys();
    setEdited(index);
  };
  const refused = model.error?.kind === 'InvalidFilter' ? blamed(model.error.message, filters) : -1;
  const close = () => setEdited(null);
  const put = (filter: Filter) => {
    ask(filters.map((old, index) => (index === edited ? filter : old)).concat(edited === filters.length ? filter : []));
    close();
  };
  return (
    <>
      <Box model={model} addFilter={() => edit(filters.length)} trans={trans} />
      <Chips
        {...{ filters, refused, edit, trans }}
        reason={refused >= 0 ? (model.error?.message ?? null) : null}
        remove={index => ask(filters.filter((_, other) => other !== index))}
      />
      {edited !== null && (
        <FilterForm
          key={edited}
          start={filters[edited] ?? NEW}
          keys={model.keys}
          done={put}
          cancel={close}
          trans={trans}
        />
      )}
      <Standing model={model} told={refused >= 0} trans={trans} />
      {model.rows.length > 0 && <Hits {...props} rows={model.rows} count={model.rows.length} />}
    </>
  );
}

/** How the search stands; said aloud only when it is over. */
function Standing({ model, told, trans }: Pick<Props, 'model' | 'trans'> & { told: boolean }): React.ReactElement {
  const { error, phase, leftOut } = model;
  const text = standingText(model, trans);
  const atField = told || error?.field === 'pattern' || error?.kind === 'InvalidDid';
  return (
    <div className="vre-search-standing">
      <p aria-hidden={phase !== 'asking'}>{phase === 'asking' ? text : ''}</p>
      <p role="status">{phase === 'asking' ? '' : text}</p>
      {leftOut.length > 0 && (
        <p>
          {trans._n('%1 name is left out: it is not safe', '%1 names are left out: they are not safe', leftOut.length)}
        </p>
      )}
      {error && !atField && <Trouble error={error} again={() => void model.submit()} trans={trans} />}
    </div>
  );
}
