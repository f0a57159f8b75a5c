/** A section of the panel that asks for what it shows once somebody looks at it. */

import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';

/** `look` is called whenever the section comes before the user's eyes. */
export abstract class Section extends ReactWidget {
  protected abstract look(): void;

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.lookIfSeen();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.lookIfSeen();
  }

  /** What there is to show may have changed. */
  protected lookIfSeen(): void {
    if (this.isVisible) {
      this.look();
    }
  }
}
