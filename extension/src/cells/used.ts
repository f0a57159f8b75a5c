/** What the notebook in use holds in `rucio_attachments`, as it changes. */

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { INotebookModel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { ATTACHMENTS_KEY, attachmentsIn } from './attachments';
import type { Attachment } from './attachments';
import { detach } from './notebooks';

/** The attachments of the notebook in use. */
export class UsedDids {
  constructor(private readonly tracker: INotebookTracker) {
    tracker.currentChanged.connect(() => void this.look());
    void this.look();
  }

  /** Another notebook is in use, or its attachments changed. */
  get changed(): ISignal<UsedDids, void> {
    return this.told;
  }

  /** Name of the notebook; null if none is open. */
  get notebook(): string | null {
    return this.tracker.currentWidget?.title.label ?? null;
  }

  get attachments(): readonly Attachment[] {
    return attachmentsIn(this.model?.getMetadata(ATTACHMENTS_KEY));
  }

  /** The notebook no longer names it; its cells stay. */
  remove(did: string): void {
    if (this.panel) {
      detach(this.panel, did);
    }
  }

  private async look(): Promise<void> {
    const panel = this.tracker.currentWidget;
    this.model?.metadataChanged.disconnect(this.metadataChanged, this);
    this.panel = panel;
    this.told.emit();
    await panel?.context.ready;
    if (panel === this.panel && panel?.model) {
      panel.model.metadataChanged.connect(this.metadataChanged, this);
      this.told.emit();
    }
  }

  private metadataChanged(_: INotebookModel, change: { key?: string }): void {
    if (change.key === undefined || change.key === ATTACHMENTS_KEY) {
      this.told.emit();
    }
  }

  private get model(): INotebookModel | null {
    return this.panel?.model ?? null;
  }

  private panel: NotebookPanel | null = null;
  private readonly told = new Signal<UsedDids, void>(this);
}
