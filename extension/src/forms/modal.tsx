/** A modal dialog of the browser's own kind: it keeps the focus, Escape closes it, a refusal leaves it open. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { PanelLayout, Widget } from '@lumino/widgets';
import * as React from 'react';

/** What a dialog shows; `close` ends it with its result. */
export type ModalBody<T> = (close: (result: T | null) => void) => React.ReactElement;

/** Show a dialog until its body, Escape or a click beside it closes it; null where nothing came of it. */
export function openModal<T>(title: string, trans: TranslationBundle, body: ModalBody<T>): Promise<T | null> {
  return new Promise(resolve => {
    const modal = new Modal(close => (
      <Frame title={title} trans={trans} close={() => close(null)}>
        {body(close as (result: T | null) => void)}
      </Frame>
    ));
    modal.closed = result => resolve(result as T | null);
    Widget.attach(modal, document.body);
  });
}

class Modal extends Widget {
  closed: (result: unknown) => void = () => undefined;

  constructor(content: (close: (result: unknown) => void) => React.ReactElement) {
    super({ node: document.createElement('dialog') });
    this.addClass('vre-modal');
    this.addClass('jp-ThemedContainer');
    this.node.dataset.lmSuppressShortcuts = 'true'; // no shortcut of the page behind it
    const layout = (this.layout = new PanelLayout());
    layout.addWidget(ReactWidget.create(content(result => this.end(result))));
    this.node.addEventListener('cancel', () => this.end(null));
    this.node.addEventListener('mousedown', event => event.target === this.node && this.end(null));
  }

  protected override onAfterAttach(): void {
    (this.node as HTMLDialogElement).showModal();
  }

  private end(result: unknown): void {
    if (!this.isDisposed) {
      (this.node as HTMLDialogElement).close(); // gives the focus back to who had it
      this.dispose();
      this.closed(result);
    }
  }
}

interface FrameProps {
  title: string;
  trans: TranslationBundle;
  close: () => void;
  children: React.ReactNode;
}

/** Head and body; the focus goes to what is marked with `data-first`. */
function Frame({ title, trans, close, children }: FrameProps): React.ReactElement {
  const heading = React.useId();
  const box = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    box.current?.closest('dialog')?.setAttribute('aria-labelledby', heading);
    box.current?.querySelector<HTMLElement>('[data-first]')?.focus();
  }, []);
  return (
    <div className="vre-modal-box" ref={box}>
      <header className="vre-modal-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="vre-modal-close" aria-label={trans.__('Close')} onClick={close}>
          <span aria-hidden="true">×</span>
        </button>
      </header>
      {children}
    </div>
  );
}
