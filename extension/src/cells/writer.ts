/** Writes cells for DIDs into the notebook in use, or into a new one. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { asLakeError } from '../api/error';
import type { Kind } from '../api/types';
import type { CellWish, ICellWriter, IDataLake, Named } from '../tokens';
import type { Attachment } from './attachments';
import { dragCells } from './drag';
import { fetched, isOneFile } from './fetched';
import type { Fetched } from './fetched';
import { NoLiteral } from './literals';
import { attach, defaultKernel, insertCell, languageOf, namesOf, newNotebook } from './notebooks';
import { sourceOf, templateFor } from './templates';
import type { TemplateSettings } from './templates';
import { isVariable, namesIn, variableFor } from './variable';

/** More cells than anybody wants at once: whoever has so many in mind means their dataset. */
const MOST_CELLS = 50;
/** More paths than a cell can show; its files are then fetched, which finds them where they are. */
const MOST_PATHS = 200;

interface Surroundings {
  app: JupyterFrontEnd;
  tracker: INotebookTracker | null;
  lake: IDataLake;
  /** Folder for a new notebook. */
  folder: () => string;
  templates: () => TemplateSettings;
  trans: TranslationBundle;
}

/** A cell that was made for a DID, and what the notebook then uses. */
export interface Made {
  source: string;
  attachment: Attachment;
}

/** The one `ICellWriter`. */
export class CellWriter implements ICellWriter {
  constructor(private readonly around: Surroundings) {}

  async addDid(did: string, wish: CellWish = {}): Promise<boolean> {
    return this.told(async () => {
      const kind = await this.kindOf(did, wish.paths ?? []);
      const panel = await this.current();
      const language = panel ? languageOf(panel) : (await this.kernel())?.language;
      const here = await this.here(did, wish.paths ?? []);
      const taken = panel ? namesOf([panel]) : new Set<string>();
      const made = this.made({ did, kind }, language ?? 'python', taken, here, wish.variable);
      await this.write(made.source, panel, made.attachment);
    });
  }

  /** A cell for each, one below the other; the first that cannot be written is the last that is tried. */
  async addDids(dids: readonly string[]): Promise<boolean> {
    const few = await this.told(async () => this.fewEnough(dids.length));
    for (const did of few ? dids : []) {
      if (!(await this.addDid(did))) {
        return false;
      }
    }
    return few;
  }

  async addSource(source: string): Promise<boolean> {
    return this.told(async () => this.write(source, await this.current(), null));
  }

  startDrag(dragged: readonly Named[], event: MouseEvent): void {
    void this.told(async () => dragCells(this.several(dragged), event, () => this.panels()));
  }

  /** Cells for several, wherever they will be dropped: their variables are new in every open notebook. */
  private several(dragged: readonly Named[]): Made[] {
    this.fewEnough(dragged.length);
    const current = this.around.tracker?.currentWidget;
    const language = current ? languageOf(current) : 'python';
    const taken = namesOf(this.panels());
    return dragged.map(named => {
      const made = this.made(named, language, taken, ELSEWHERE);
      taken.add(made.attachment.variableName);
      return made;
    });
  }

  /** Its kind; where the lake cannot say it, the files that are here do. */
  private async kindOf(did: string, paths: readonly string[]): Promise<Kind> {
    try {
      return (await this.around.lake.api.dataset(did)).kind;
    } catch (error) {
      if (paths.length === 0) {
        throw error;
      }
      return isOneFile(did, paths) ? 'file' : 'dataset';
    }
  }

  /** Paths that a cell can show, or else the folder in which its fetch finds the files. */
  private async here(did: string, paths: readonly string[]): Promise<Fetched> {
    if (paths.length > 0 && paths.length <= MOST_PATHS) {
      return { paths, folder: null };
    }
    const here = await fetched(this.around.lake, did).catch(() => ELSEWHERE);
    return here.paths.length > MOST_PATHS ? { paths: [], folder: here.folder } : here;
  }

  private fewEnough(count: number): void {
    if (count > MOST_CELLS) {
      const text = this.around.trans.__(
        '%1 cells are too many (at most %2). Add the dataset instead.',
        count,
        MOST_CELLS
      );
      throw new Error(text);
    }
  }

  /** The cell for a DID, with a variable that is new among the names taken and those of the template. */
  private made(named: Named, language: string, taken: ReadonlySet<string>, here: Fetched, variable?: string): Made {
    const { did, kind } = named;
    const { lake, templates, trans } = this.around;
    const template = templateFor(language, templates());
    if (!template) {
      const text = trans.__(
        'No cell is written for %1 yet. Add a template for it in the settings (cellTemplates).',
        language
      );
      throw new Error(text);
    }
    const own = namesIn(Object.values(template));
    const expected = variable && isVariable(variable) ? variable : null;
    const name = expected ?? variableFor(did, new Set([...taken, ...own]));
    const from = lake.lakes.length > 1 ? lake.lake : null;
    const source = sourceOf(template, language, { name, did, single: kind === 'file', lake: from, ...here });
    return { source, attachment: { did, variableName: name, type: typeOf(kind) } };
  }

  private async write(source: string, panel: NotebookPanel | null, attachment: Attachment | null): Promise<void> {
    const { app, folder } = this.around;
    if (!panel) {
      const content = { source, kernel: await this.kernel(), attachments: attachment ? [attachment] : [] };
      const path = await newNotebook(app.serviceManager, folder(), content);
      await app.commands.execute('docmanager:open', { path, factory: 'Notebook' });
      return;
    }
    app.shell.activateById(panel.id);
    insertCell(panel, source);
    if (attachment) {
      attach(panel, attachment);
    }
  }

  /** The notebook in use, once it can be written to; null if there is none. */
  private async current(): Promise<NotebookPanel | null> {
    const panel = this.around.tracker?.currentWidget ?? null;
    await panel?.context.ready;
    if (panel?.model?.readOnly) {
      throw new Error(
        this.around.trans.__('%1 may only be read. Save a copy, and add the cell there.', panel.title.label)
      );
    }
    return panel;
  }

  private panels(): NotebookPanel[] {
    const panels: NotebookPanel[] = [];
    this.around.tracker?.forEach(panel => panels.push(panel));
    return panels;
  }

  private kernel = () => defaultKernel(this.around.app.serviceManager);

  private causeOf(error: unknown): string {
    const { trans } = this.around;
    return error instanceof NoLiteral
      ? trans.__('%1 cannot be written safely in the language of this notebook. Choose other names.', error.text)
      : asLakeError(error).message;
  }

  /** Do it, or tell the user why not. */
  private async told(write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      Notification.error(this.causeOf(error), { autoClose: false });
      return false;
    }
  }
}

const ELSEWHERE: Fetched = { paths: [], folder: null };

function typeOf(kind: Kind): Attachment['type'] {
  return kind === 'file' ? 'file' : 'collection';
}
