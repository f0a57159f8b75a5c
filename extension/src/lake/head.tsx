/** The head of the panel: which lake, whose account, how long its token lives, and what is wrong. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect, ReactWidget, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Reach } from '../api/types';
import { momentText } from '../quantities';
import type { IDataLake } from '../tokens';
import type { Clock } from './clock';
import { useClock } from './use-clock';
import { useSignal } from './use-signal';

interface HeaderProps {
  lake: IDataLake;
  trans: TranslationBundle;
  /** Minutes before the token's end at which to warn. */
  warning: () => number;
}

/** The widget of the head. */
export class HeadWidget extends ReactWidget {
  constructor(private props: HeaderProps) {
    super();
    this.addClass('vre-head');
  }

  protected render(): JSX.Element {
    return <Header {...this.props} />;
  }
}

function Header({ lake, trans, warning }: HeaderProps): JSX.Element {
  useSignal(lake.changed);
  const clock = useClock(lake.login, warning, trans);
  return (
    <>
      <div className="vre-head-line">
        <Chooser lake={lake} trans={trans} />
        <button
          className="vre-tool"
          title={trans.__('Ask the lake again')}
          aria-label={trans.__('Ask the lake again')}
          onClick={() => lake.refresh()}
        >
          <refreshIcon.react tag="span" />
        </button>
      </div>
      <LoginLine lake={lake} trans={trans} clock={clock} />
      <Trouble lake={lake} trans={trans} clock={clock} />
    </>
  );
}

function Chooser({ lake, trans }: Pick<HeaderProps, 'lake' | 'trans'>): JSX.Element {
  const names = lake.lakes.map(({ name }) => name);
  const options = lake.lake && !names.includes(lake.lake) ? [lake.lake, ...names] : names;
  return (
    <HTMLSelect
      className="vre-chooser"
      aria-label={trans.__('Data lake')}
      value={lake.lake ?? ''}
      onChange={event => void lake.chooseLake(event.currentTarget.value)}
    >
      {lake.lake === null && <option value="">{trans.__('choose a lake')}</option>}
      {options.map(name => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </HTMLSelect>
  );
}

type ClockProps = Pick<HeaderProps, 'lake' | 'trans'> & { clock: Clock | null };

function LoginLine({ lake, trans, clock }: ClockProps): JSX.Element | null {
  const { login } = lake;
  if (!login) {
    return null;
  }
  return (
    <p className="vre-login">
      {login.account !== null && (
        <span className="vre-account" title={login.source}>
          {trans.__('as %1', login.account)}
        </span>
      )}
      {clock && <span className={`vre-clock vre-mod-${clock.level}`}>{clock.text}</span>}
    </p>
  );
}

/** What is wrong with the lake or the login, and the next step; read out when it comes. */
function Trouble({ lake, trans, clock }: ClockProps): JSX.Element {
  const { reach, login, problem } = lake;
  const texts =
    reach?.reachable === false
      ? [awayText(reach, trans), reach.message]
      : [problem, login?.problem, login?.next_step, !login?.problem && ending(clock, trans)];
  return (
    <div className="vre-trouble" role="status">
      {[...new Set(texts)].map(text => text && <p key={text}>{text}</p>)}
    </div>
  );
}

function awayText({ lake, since }: Reach, trans: TranslationBundle): string {
  return trans.__('%1 does not answer since %2. It is asked again by itself.', lake, momentText(since, trans));
}

/** Said once, not each minute: a screen reader reads it out. */
function ending(clock: Clock | null, trans: TranslationBundle): string | null {
  if (clock?.level === 'gone') {
    return trans.__('The token has expired. Get a new one, then ask the lake again.');
  }
  return clock?.level === 'soon'
    ? trans.__('The token ends soon. Get a new one before you begin something long.')
    : null;
}
