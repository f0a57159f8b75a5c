/** The notebook that is used: its language, its names, its cells and metadata; or a new one. */

import type { ICodeCell, INotebookContent, INotebookMetadata } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { KernelSpec, ServiceManager } from '@jupyterlab/services';
import { UUID } from '@lumino/coreutils';
import { ATTACHMENTS_KEY, attached, detached } from './attachments';
import type { Attachment } from './attachments';
import { namesIn } from './variable';

/** Language of the kernel, or, while there is none, of the notebook. */
export function languageOf(panel: NotebookPanel): string {
  const context = panel.sessionContext;
  const kernel = context.session?.kernel?.name ?? context.kernelPreference.name ?? '';
  const metadata = (panel.model?.sharedModel.metadata ?? {}) as INotebookMetadata;
  return (
    context.specsManager.specs?.kernelspecs[kernel]?.language ||
    metadata.language_info?.name ||
    metadata.kernelspec?.language?.toString() ||
    'python'
  );
}

/** Names that are used in the cells of these notebooks, or stand for their attachments. */
export function namesOf(panels: Iterable<NotebookPanel>): Set<string> {
  const sources: string[] = [];
  for (const { model } of panels) {
    sources.push(...(model?.sharedModel.cells.map(cell => cell.getSource()) ?? []));
    sources.push(JSON.stringify(model?.getMetadata(ATTACHMENTS_KEY) ?? ''));
  }
  return namesIn(sources);
}

/** A code cell as notebooks hold it. */
export function codeCell(source: string): ICodeCell {
  return { id: UUID.uuid4(), cell_type: 'code', source, metadata: {}, outputs: [], execution_count: null };
}

/** Put a cell below the active one, as one step to undo, and show it. */
export function insertCell(panel: NotebookPanel, source: string): void {
  const notebook = panel.content;
  const shared = panel.model!.sharedModel;
  const at = notebook.activeCell ? notebook.activeCellIndex + 1 : shared.cells.length;
  shared.insertCell(at, codeCell(source));
  notebook.deselectAll();
  notebook.activeCellIndex = at;
  void notebook.scrollToItem(at);
}

/** Write down that the notebook uses a DID. */
export function attach(panel: NotebookPanel, added: Attachment): void {
  const held = panel.model!.getMetadata(ATTACHMENTS_KEY);
  const next = attached(held, added);
  if (next !== held) {
    panel.model!.setMetadata(ATTACHMENTS_KEY, next);
  }
}

/** Forget that the notebook uses a DID; its cells stay. */
export function detach(panel: NotebookPanel, did: string): void {
  const left = detached(panel.model?.getMetadata(ATTACHMENTS_KEY), did);
  if (left.length > 0) {
    panel.model?.setMetadata(ATTACHMENTS_KEY, left);
  } else {
    panel.model?.deleteMetadata(ATTACHMENTS_KEY);
  }
}

/** The kernel that a new notebook gets. */
export async function defaultKernel(services: ServiceManager.IManager): Promise<KernelSpec.ISpecModel | null> {
  await services.kernelspecs.ready;
  const { specs } = services.kernelspecs;
  return specs?.kernelspecs[specs.default] ?? null;
}

/** Make a notebook that holds this cell; returns where it is. */
export async function newNotebook(
  services: ServiceManager.IManager,
  folder: string,
  content: { source: string; kernel: KernelSpec.ISpecModel | null; attachments: Attachment[] }
): Promise<string> {
  const { path } = await services.contents.newUntitled({ path: folder, type: 'notebook' });
  await services.contents.save(path, { type: 'notebook', format: 'json', content: notebookWith(content) });
  return path;
}

function notebookWith({ source, kernel, attachments }: Parameters<typeof newNotebook>[2]): INotebookContent {
  const metadata: Record<string, unknown> = attachments.length > 0 ? { [ATTACHMENTS_KEY]: attachments } : {};
  if (kernel) {
    metadata.kernelspec = { name: kernel.name, display_name: kernel.display_name, language: kernel.language };
  }
  return { nbformat: 4, nbformat_minor: 5, metadata: metadata as INotebookMetadata, cells: [codeCell(source)] };
}
