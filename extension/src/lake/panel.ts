/** The panel "Data lake" in the side bar: a head, and sections that every area adds for itself. */

import type { ITranslator } from '@jupyterlab/translation';
import { SidePanel } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { AccordionPanel, Widget } from '@lumino/widgets';
import { lakeIcon } from '../icons';
import type { ILakePanel } from '../tokens';

const FRAMES = 30; // to wait for the first rows
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
  /** The head grows when it has something to say, a section with what it shows (style/panel.css); others make room. */
  private heights = new ResizeObserver(() => this.accordion.fit());

  /** `activate` brings the widget before the user's eyes. */
  constructor(
    translator: ITranslator,
    head: Widget,
    private activate: (widget: Widget) => void
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
    this.heights.observe(this.widget.header.node);
    this.widget.disposed.connect(() => this.heights.disconnect());
    this.accordion.expansionToggled.connect((_, index) => this.reveal(index));
  }

  addSection(section: Widget, rank: number): void {
    const { widgets } = this.widget;
    const place = widgets.findIndex(other => (this.ranks.get(other) ?? 0) > rank);
    const index = place < 0 ? widgets.length : place;
    this.ranks.set(section, rank);
    section.addClass('vre-panel-section');
    this.heights.observe(section.node);
    this.widget.insertWidget(index, section);
    if (rank >= CLOSED_FROM) {
      this.accordion.collapse(index);
    }
  }

  show(section?: Widget): void {
    this.activate(this.widget);
    if (section) {
      this.open(section);
      section.activate();
    }
  }

  expand(section: Widget): boolean {
    if (this.widget.isVisible) {
      this.open(section);
    }
    return this.widget.isVisible;
  }

  private open(section: Widget): void {
    const index = this.widget.widgets.indexOf(section);
    this.accordion.expand(index);
    this.reveal(index);
  }

  /** Scroll a section into view, as far as there is room; its title first. */
  private reveal(index: number): void {
    const parts = [this.widget.widgets[index].node, this.accordion.titles[index]];
    // Once the accordion has given it its height.
    requestAnimationFrame(() => parts.forEach(part => part.scrollIntoView({ block: 'nearest' })));
  }

  private get accordion(): AccordionPanel {
    return this.widget.content as AccordionPanel;
  }
}
