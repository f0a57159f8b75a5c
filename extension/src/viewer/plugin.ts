/** Limits in the main area: the command that opens the viewer, its return after a reload, and curve files. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { limitsIcon } from '../icons';
import { bring, stand } from '../place';
import { ICellWriter, IDataLake } from '../tokens';
import { CurveFactory } from './document';
import type { Ticked } from './model';
import { CurvesModel } from './model';
import { SIDECAR, SIDECAR_NAMES } from './sidecar';
import { LimitsViewer } from './viewer';

const COMMAND = 'vre-dm:open-limits';
const NAMES = { type: 'array', items: { type: 'string' } } as const;
const ARGUMENTS = {
  type: 'object',
  properties: {
    curves: { ...NAMES, description: 'Ids of published curves to tick' },
    paths: { ...NAMES, description: 'Curve files to read and tick, as the file browser names them' }
  }
} as const;

type Viewer = MainAreaWidget<LimitsViewer>;

const viewer: JupyterFrontEndPlugin<void> = {
  id: 'vre-dm-lab:viewer',
  description: 'Lays limit curves over each other, of the catalogue and of files.',
  autoStart: true,
  requires: [IDataLake, IRenderMimeRegistry],
  optional: [ICellWriter, ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    { api }: IDataLake,
    rendermime: IRenderMimeRegistry,
    writer: ICellWriter | null,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('vre_dm');
    const tracker = new WidgetTracker<Viewer>({ namespace: 'vre-dm-limits' });
    app.commands.addCommand(COMMAND, {
      label: trans.__('Limits'),
      caption: trans.__('Lay published exclusion curves over each other'),
      icon: limitsIcon,
      describedBy: { args: ARGUMENTS },
      execute: async args => {
        const open = tracker.currentWidget ?? (await opened(app, tracker, { api, rendermime, writer, trans }));
        bring(app, open);
        await open.content.model.add(tickedIn(args));
      }
    });
    openFiles(app, { api, rendermime, writer, trans });
    void restorer?.restore(tracker, {
      command: COMMAND,
      args: ({ content }) => ({ ...content.model.state }),
      name: () => 'viewer'
    });
  }
};

interface Parts {
  api: IDataLake['api'];
  rendermime: IRenderMimeRegistry;
  writer: ICellWriter | null;
  trans: TranslationBundle;
}

async function opened(app: JupyterFrontEnd, tracker: WidgetTracker<Viewer>, { api, ...parts }: Parts): Promise<Viewer> {
  const model = new CurvesModel(api);
  const open = new MainAreaWidget({ content: new LimitsViewer({ model, ...parts }) });
  open.id = 'vre-dm-limits';
  open.title.label = parts.trans.__('Limits');
  open.title.icon = limitsIcon;
  open.title.closable = true;
  void tracker.add(open);
  model.changed.connect(() => void tracker.save(open));
  void model.load();
  await stand(app, open, 'main');
  return open;
}

/** Curves of the file browser open as their plots. */
function openFiles(app: JupyterFrontEnd, parts: Parts): void {
  const { contents } = app.serviceManager;
  const compare = (path: string) => app.commands.execute(COMMAND, { paths: [path] });
  const edit = (path: string) => app.commands.execute('docmanager:open', { path, factory: 'Editor' });
  app.docRegistry.addFileType({
    name: SIDECAR,
    displayName: parts.trans.__('Limit curve'),
    pattern: SIDECAR_NAMES,
    mimeTypes: ['application/json'],
    icon: limitsIcon
  });
  app.docRegistry.addWidgetFactory(new CurveFactory({ ...parts, contents, compare, edit }));
}

function tickedIn(args: { curves?: unknown; paths?: unknown }): Ticked {
  const names = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  return { curves: names(args.curves), paths: names(args.paths) };
}

/** What this area contributes. */
export const plugins: JupyterFrontEndPlugin<unknown>[] = [viewer];
