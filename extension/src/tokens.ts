/** What other extensions can build on: the lake, its panel, and whoever writes cells. */

import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import type { LakeApi } from './api/client';
import type { Entry, Job, LakeInfo, Login, Reach, RuleChange } from './api/types';

/** What the server tells by itself, from the one stream of this page. */
export interface ILakeEvents {
  /** A job moved on. */
  readonly job: ISignal<ILakeEvents, Job>;
  /** A job was forgotten; its name. */
  readonly jobGone: ISignal<ILakeEvents, string>;
  /** A rule of mine changed its state. */
  readonly rule: ISignal<ILakeEvents, RuleChange>;
  /** A rule of mine ended; its id. */
  readonly ruleGone: ISignal<ILakeEvents, string>;
  /** The stream stands (again): what was missed meanwhile has to be asked for. */
  readonly connected: ISignal<ILakeEvents, void>;
  /** Whether the stream stands now. */
  readonly standing: boolean;
}

/** Choices of a fetch that need not be asked for any more. */
export interface IFetchChoice {
  target?: string;
  files?: string;
  rse?: string;
}

/** The data lake of this page. */
export interface IDataLake {
  readonly api: LakeApi;
  readonly events: ILakeEvents;

  /** Name of the lake that is asked; null before it is known, or where there is none. */
  readonly lake: string | null;
  readonly lakes: readonly LakeInfo[];
  /** The lakes, the chosen one, the login or whether the lake answers changed. */
  readonly changed: ISignal<IDataLake, void>;
  /** Why there is no lake to ask; null if there is one. */
  readonly problem: string | null;
  readonly login: Login | null;
  readonly reach: Reach | null;
  /** Ask another lake from now on; kept in the settings. */
  chooseLake(name: string): Promise<void>;

  /** Everything shown should be asked for anew; also sent when another lake was chosen. */
  readonly refreshed: ISignal<IDataLake, void>;
  refresh(): void;

  /** DIDs that are selected in the view used last. */
  readonly selection: readonly string[];
  readonly selectionChanged: ISignal<IDataLake, readonly string[]>;
  select(dids: readonly string[]): void;

  /** Show the details of a DID. */
  openDid(did: string): void;
  readonly didOpened: ISignal<IDataLake, string>;
  /** A DID that was asked for and is not, or no longer, in the lake. */
  readonly didGone: ISignal<IDataLake, string>;

  /** Fetch a DID: asks the user only if there is a choice. */
  fetch(did: string, choice?: IFetchChoice): Promise<void>;
}

export const IDataLake = new Token<IDataLake>('vre-dm-lab:IDataLake', 'The data lake: what it holds, and its events.');

/** The panel "Data lake" in the side bar. */
export interface ILakePanel {
  /** The panel itself, for whoever takes what is dropped on it. */
  readonly widget: Widget;
  /** Add a section; its title is the widget's. Lower ranks stand higher: tree 10, search 20, details 30, jobs 40, rules 50, clusters 60. */
  addSection(widget: Widget, rank: number): void;
  /** Bring the panel, and in it this section, before the user's eyes. */
  show(section?: Widget): void;
  /** Open a section where the panel is in view, without taking the focus; false where the panel is not in view. */
  expand(section: Widget): boolean;
}

export const ILakePanel = new Token<ILakePanel>('vre-dm-lab:ILakePanel', 'The side bar panel of the data lake.');

/** The fetches and uploads of this user, in whatever window they run. */
export interface ILakeJobs {
  /** Those that run first, then the newest. */
  readonly jobs: readonly Job[];
  readonly changed: ISignal<ILakeJobs, void>;
  /** A job that was seen running came to its end. */
  readonly ended: ISignal<ILakeJobs, Job>;
  /** List a job that was just begun, where the user sees it. */
  show(job: Job): void;
}

export const ILakeJobs = new Token<ILakeJobs>('vre-dm-lab:ILakeJobs', 'Fetches from the lake and uploads to it.');

/** A DID, and whether it is one file: then its variable is one path, else a list of them. */
export type Named = Pick<Entry, 'did' | 'kind'>;

/** What is known of a cell before it is written. */
export interface CellWish {
  /** Where the files are, once they were fetched. */
  paths?: readonly string[];
  /** A variable that the notebook expects; else a new one is made from the DID. */
  variable?: string;
}

/** Writes cells into the notebook that is used. */
export interface ICellWriter {
  /** A cell that binds the files of a DID to a variable; resolves to false, and the user was told why, if it could not. */
  addDid(did: string, wish?: CellWish): Promise<boolean>;
  /** A cell with this source. */
  addSource(source: string): Promise<boolean>;
  /** Begin to drag these; dropped into a notebook they become cells. */
  startDrag(dragged: readonly Named[], event: MouseEvent): void;
}

export const ICellWriter = new Token<ICellWriter>('vre-dm-lab:ICellWriter', 'Writes cells for data of the lake.');
