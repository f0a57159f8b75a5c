/** The panel "Data lake" in the side bar: a head, and sections that every area adds for itself. */

import type { ITranslator } from '@jupyterlab/translation';
import { SidePanel } from '@jupyterlab/ui-components';
import { MessageLoop } from '@lumino/messaging';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import type { AccordionPanel } from '@lumino/widgets';
import { lakeIcon } from '../icons';
import type { ILakePanel } from '../tokens';

const FRAMES = 30; // to wait for the first rows
const LEAST_SHARE = 0.2; // of the height of all sections
const CLOSED_FROM = 30; // sections from this rank on are opened when they have something to show

/** The widget in the side bar. */
class LakeSidePanel extends SidePanel {
  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    focusIn(this.node, FRAMES);
  }
}

/** Focus the row the user was at; where none comes soon, the filter. */
function focusIn(node: HTMLElement, frames: number): void {
  if (frames < FRAMES && node.contains(document.activeElement)) {
    return; // the user went on meanwhile
  }
  const row = node.querySelector<HTMLElement>('.vre-row[tabindex="0"]');
  if (row || frames === 0) {
    (row ?? node.querySelector<HTMLElement>('.vre-filter'))?.focus();
  } else {
    requestAnimationFrame(() => focusIn(node, frames - 1));
  }
}

/** Sections by rank, whatever order they come in. */
export class LakePanel implements ILakePanel {
  readonly widget: SidePanel;
  private ranks = new Map<Widget, number>();

  /** `activate` brings the widget before the user's eyes. */
  constructor(
    translator: ITranslator,
    head: Widget,
    private activate: (id: string) => void
  ) {
    const name = translator.load('vre_dm').__('Data lake');
    this.widget = new LakeSidePanel({ translator });
    this.widget.id = 'vre-dm-lake';
    this.widget.addClass('vre-panel');
    this.widget.title.icon = lakeIcon;
    this.widget.title.caption = name;
    this.widget.node.setAttribute('role', 'region');
    this.widget.node.setAttribute('aria-label', name);
    this.widget.header.addWidget(head);
    // The head grows when it has something to say; the sections share what is left.
    const heights = new ResizeObserver(() =>
      MessageLoop.sendMessage(this.widget.content, Widget.ResizeMessage.UnknownSize)
    );
    heights.observe(this.widget.header.node);
    this.widget.disposed.connect(() => heights.disconnect());
    this.accordion.expansionToggled.connect((_, index) => this.makeRoom(index));
  }

  addSection(section: Widget, rank: number): void {
    const { widgets } = this.widget;
    const place = widgets.findIndex(other => (this.ranks.get(other) ?? 0) > rank);
    const index = place < 0 ? widgets.length : place;
    this.ranks.set(section, rank);
    this.widget.insertWidget(index, section);
    if (rank >= CLOSED_FROM) {
      this.accordion.collapse(index);
    }
  }

  /** The accordion gives a section the height it had when it was closed, and none to one that was never open. */
  private makeRoom(index: number): void {
    const { widgets } = this.widget;
    if (!widgets[index].isHidden && this.accordion.relativeSizes()[index] < LEAST_SHARE) {
      this.accordion.setRelativeSizes(widgets.map(({ isHidden }) => (isHidden ? 0 : 1)));
    }
  }

  show(section?: Widget): void {
    const index = section ? this.widget.widgets.indexOf(section) : -1;
    this.activate(this.widget.id);
    if (section && index >= 0) {
      this.accordion.expand(index);
      section.activate();
    }
  }

  expand(section: Widget): boolean {
    if (this.widget.isVisible) {
      this.accordion.expand(this.widget.widgets.indexOf(section));
    }
    return this.widget.isVisible;
  }

  private get accordion(): AccordionPanel {
    return this.widget.content as AccordionPanel;
  }
}
