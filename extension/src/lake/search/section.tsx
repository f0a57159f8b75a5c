/** Search as a section of the panel: one box, filters as chips, hits as they come. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { ICellWriter, IDataLake } from '../../tokens';
import { Trouble } from '../details/trouble';
import { leftOutText } from '../words';
import { Box, isAtBox } from './box';
import { Chips } from './chips';
import { FilterForm } from './filter-form';
import { Hits } from './hits';
import type { SearchModel } from './model';
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
  const { filters } = model.draft;
  const [edited, setEdited] = React.useState<number | null>(null);
  const edit = (index: number) => {
    void model.learnKeys();
    setEdited(index);
  };
  return (
    <>
      <Box model={model} addFilter={() => edit(filters.length)} trans={trans} />
      <Chips
        {...{ filters, edit, trans }}
        refused={model.refused}
        reason={model.refused < 0 ? null : (model.error?.message ?? null)}
        ask={next => void model.submit(next)}
      />
      {edited !== null && <Edited {...{ model, edited, trans }} close={() => setEdited(null)} />}
      <Standing model={model} trans={trans} />
      {model.rows.length > 0 && <Hits {...props} rows={model.rows} count={model.rows.length} />}
    </>
  );
}

type EditedProps = Pick<Props, 'model' | 'trans'> & { edited: number; close: () => void };

/** The filter that is being changed; behind the last one a new one. */
function Edited({ model, edited, close, trans }: EditedProps): React.ReactElement {
  const { filters } = model.draft;
  const done = (filter: Filter) => {
    void model.submit([...filters.slice(0, edited), filter, ...filters.slice(edited + 1)]);
    close();
  };
  return (
    <FilterForm key={edited} start={filters[edited] ?? NEW} keys={model.keys} {...{ done, trans }} cancel={close} />
  );
}

/** How the search stands; said aloud only when it is over. */
function Standing({ model, trans }: Pick<Props, 'model' | 'trans'>): React.ReactElement {
  const { error, phase, leftOut } = model;
  const text = standingText(model, trans);
  return (
    <div className="vre-search-standing">
      <p aria-hidden={phase !== 'asking'}>{phase === 'asking' ? text : ''}</p>
      <p role="status">{phase === 'asking' ? '' : text}</p>
      {leftOut.length > 0 && <p>{leftOutText(leftOut, trans)}</p>}
      {error && model.refused < 0 && !isAtBox(error) && (
        <Trouble error={error} again={() => void model.submit()} trans={trans} />
      )}
    </div>
  );
}
