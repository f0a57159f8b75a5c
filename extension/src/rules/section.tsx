/** The section "Rules" of the panel: the table of my replication rules. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { FilterBox } from '../forms/filter-box';
import { Section } from '../lake/section';
import type { RuleActions } from './actions';
import type { RulesModel } from './model';
import { RuleTable } from './rule-table';
import { shownOf } from './shown';
import type { Shown, View } from './shown';

interface RulesProps {
  model: RulesModel;
  actions: RuleActions;
  trans: TranslationBundle;
}

/** Asks for the rules when it is seen for the first time. */
export class RulesSection extends Section {
  constructor(private props: RulesProps) {
    super();
    this.id = 'vre-dm-rules';
    this.title.label = props.trans.__('Rules');
    this.addClass('vre-rules');
  }

  protected override render(): React.ReactElement {
    return <UseSignal signal={this.props.model.changed}>{() => <Rules {...this.props} />}</UseSignal>;
  }

  protected override look(): void {
    const { model } = this.props;
    if (!model.isKnown && !model.isAsking) {
      void model.reload();
    }
  }
}

function Rules({ model, actions, trans }: RulesProps): React.ReactElement {
  const [view, setView] = React.useState<View>({ text: '', page: 0 });
  const shown = shownOf(model.rules, view);
  return (
    <>
      <div className="vre-rules-head">
        <FilterBox
          label={trans.__('Filter rules by DID, RSE or state')}
          placeholder={trans.__('Filter rules')}
          value={view.text}
          change={text => setView({ text, page: 0 })}
        />
        <button
          type="button"
          className="vre-small-button"
          aria-busy={model.isAsking}
          onClick={() => void model.reload()}
        >
          {trans.__('Refresh')}
        </button>
      </div>
      {model.problem && (
        <p className="vre-problem" role="alert">
          {model.problem.message}
        </p>
      )}
      <p className="vre-hint" role="status">
        {countText(model, shown, trans)}
      </p>
      {shown.rules.length > 0 && (
        <RuleTable rules={shown.rules} refused={model.refused} actions={actions} trans={trans} />
      )}
      {shown.pages > 1 && <Pager shown={shown} turn={page => setView({ ...view, page })} trans={trans} />}
    </>
  );
}

function countText(model: RulesModel, { total, first, rules }: Shown, trans: TranslationBundle): string {
  if (!model.isKnown) {
    return model.problem ? '' : trans.__('Asking for your rules…');
  }
  if (model.rules.length === 0) {
    return trans.__('You have no rules. "Keep at…" on a dataset makes one.');
  }
  if (total === 0) {
    return trans.__('No rule fits.');
  }
  return rules.length < total
    ? trans.__('%1 to %2 of %3 rules', first + 1, first + rules.length, total)
    : trans._n('%1 rule', '%1 rules', total);
}

interface PagerProps {
  shown: Shown;
  turn: (page: number) => void;
  trans: TranslationBundle;
}

function Pager({ shown: { page, pages }, turn, trans }: PagerProps): React.ReactElement {
  return (
    <nav className="vre-pager" aria-label={trans.__('Pages of rules')}>
      <button type="button" className="vre-small-button" disabled={page === 0} onClick={() => turn(page - 1)}>
        {trans.__('Previous')}
      </button>
      <span>{trans.__('Page %1 of %2', page + 1, pages)}</span>
      <button type="button" className="vre-small-button" disabled={page === pages - 1} onClick={() => turn(page + 1)}>
        {trans.__('Next')}
      </button>
    </nav>
  );
}
