/** Details of one DID as a section of the panel; nothing is asked for while it is closed. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { Dataset } from '../../api/types';
import { sizeText } from '../../quantities';
import type { ICellWriter, IDataLake } from '../../tokens';
import { Section } from '../section';
import { kindText } from '../words';
import { About } from './about';
import type { Asked } from './asked';
import { Copy } from './copy';
import { Files } from './files-view';
import type { Details } from './model';
import { ReplicaTable, Rules } from './places';
import { Tabs } from './tabs';
import { Trouble } from './trouble';

interface Props {
  details: Details;
  lake: IDataLake;
  writer: ICellWriter | null;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** The section. */
export class DetailsSection extends Section {
  constructor(private readonly props: Props) {
    super();
    this.addClass('vre-details');
    this.title.label = props.trans.__('Details');
    props.details.changed.connect(() => this.lookIfSeen());
  }

  /** Who asked for the details goes on among them. */
  protected override onActivateRequest(): void {
    void this.renderPromise?.then(() =>
      this.node.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus()
    );
  }

  protected render(): React.ReactElement {
    return <UseSignal signal={this.props.details.changed}>{() => <Shown {...this.props} />}</UseSignal>;
  }

  protected look(): void {
    this.props.details.look();
  }
}

function Shown(props: Props): React.ReactElement {
  const { details, trans } = props;
  const { did, about, tab } = details;
  if (did === null || about === null) {
    return <p className="vre-details-none">{trans.__('Select something in the lake to see what it is.')}</p>;
  }
  if (about.error && !about.value) {
    // Nothing else is shown: what stood here may have been deleted with it.
    return <Trouble error={about.error} again={() => details.show(did)} trans={trans} />;
  }
  const tabs = [
    ['about', trans.__('About')],
    ['files', trans.__('Files')],
    ['replicas', trans.__('Replicas')],
    ['rules', trans.__('Rules')]
  ] as const;
  return (
    <>
      <Head {...props} did={did} dataset={about.value} />
      <Tabs label={trans.__('Parts of the details')} tabs={tabs} chosen={tab} choose={chosen => details.turn(chosen)}>
        <Part {...props} did={did} />
      </Tabs>
    </>
  );
}

function Head({ did, dataset, commands, trans }: Props & { did: string; dataset: Dataset | null }): React.ReactElement {
  const act = (command: string, label: string) =>
    commands.hasCommand(command) && (
      <button type="button" className="jp-Button jp-mod-styled" onClick={() => void commands.execute(command, { did })}>
        {label}
      </button>
    );
  return (
    <div className="vre-details-head">
      <h2>
        {did} <Copy text={did} what={trans.__('the DID')} trans={trans} />
      </h2>
      <p role="status">{dataset ? summary(dataset, trans) : trans.__('Asking the lake…')}</p>
      <div>
        {act('vre-dm:fetch', trans.__('Fetch'))}
        {act('vre-dm:add-to-notebook', trans.__('Add to notebook'))}
      </div>
    </div>
  );
}

function summary({ kind, length, size, open }: Dataset, trans: TranslationBundle): string {
  return [
    kindText(kind, trans),
    length !== null && kind !== 'file' ? trans._n('%1 file', '%1 files', length) : '',
    sizeText(size),
    open && kind !== 'file' ? trans.__('open: files may be added') : ''
  ]
    .filter(Boolean)
    .join(' · ');
}

function Part({ details, did, lake, writer, commands, trans }: Props & { did: string }): React.ReactElement | null {
  const { tab, about, files, replicas, rules } = details;
  if (tab === 'files') {
    return files && <Files {...{ details, files, lake, writer, commands, trans }} />;
  }
  if (tab === 'replicas') {
    return <Answer of={replicas} show={value => <ReplicaTable replicas={value} trans={trans} />} trans={trans} />;
  }
  if (tab === 'rules') {
    const canKeep = commands.hasCommand('vre-dm:keep-at');
    const keep = canKeep ? () => void commands.execute('vre-dm:keep-at', { did }) : null;
    return <Answer of={rules} show={({ rules }) => <Rules {...{ rules, keep, trans }} />} trans={trans} />;
  }
  return (
    <Answer
      of={about}
      show={dataset => <About dataset={dataset} open={did => lake.openDid(did)} trans={trans} />}
      trans={trans}
    />
  );
}

interface AnswerProps<T> {
  of: Asked<T> | null;
  show: (value: T) => React.ReactElement;
  trans: TranslationBundle;
}

function Answer<T>({ of, show, trans }: AnswerProps<T>): React.ReactElement {
  if (of?.error) {
    return <Trouble error={of.error} again={() => void of.ask()} trans={trans} />;
  }
  return of?.value ? show(of.value) : <p>{trans.__('Asking the lake…')}</p>;
}
