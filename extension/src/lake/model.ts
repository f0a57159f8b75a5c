/** The data lake of this page: which one it is, how login and connection stand, and what the user is at. */

import { Signal } from '@lumino/signaling';
import type { LakeApi } from '../api/client';
import { asLakeError, isAbort } from '../api/error';
import type { LakeError } from '../api/error';
import { persist } from '../api/persist';
import type { LakeInfo, Login, Reach } from '../api/types';
import type { IDataLake, IFetchChoice } from '../tokens';
import type { LakeChoice } from './choice';
import { LakeEvents } from './events';

type Known = Partial<
  Pick<IDataLake, 'lake' | 'lakes' | 'login' | 'reach'> & Record<'notes' | 'trouble', string | null>
>;

/** Shared by all views; talks to the server through `api` only. */
export class DataLake implements IDataLake {
  readonly changed = new Signal<this, void>(this);
  readonly refreshed = new Signal<this, void>(this);
  readonly selectionChanged = new Signal<this, readonly string[]>(this);
  readonly didOpened = new Signal<this, string>(this);
  readonly didGone = new Signal<this, string>(this);
  readonly events: LakeEvents;
  lakes: readonly LakeInfo[] = [];
  lake: string | null = null;
  login: Login | null = null;
  reach: Reach | null = null;
  selection: readonly string[] = [];
  /** What is wrong with the configuration, and what went wrong with the last question. */
  private notes: string | null = null;
  private trouble: string | null = null;
  private loading = new AbortController();
  private isServerGone = false;

  constructor(
    readonly api: LakeApi,
    private choice: LakeChoice,
    readonly fetch: (did: string, choice?: IFetchChoice) => Promise<void>
  ) {
    this.events = new LakeEvents(api);
    this.events.login.connect((_, login) => this.note({ login, trouble: null }));
    this.events.reach.connect((_, reach) => this.noteReach(reach));
    this.events.broke.connect(() => void this.check());
    this.events.connected.connect(() => this.back());
    api.requests.gone.connect((_, did) => this.didGone.emit(did));
    choice.changed.connect(() => void this.load());
  }

  get problem(): string | null {
    return this.trouble ?? this.notes;
  }

  /** Ask which lakes there are, and begin with the chosen one. */
  async load(): Promise<void> {
    this.loading.abort();
    this.loading = new AbortController();
    try {
      const known = await this.persist(this.api.lakes);
      await this.start(this.choice.name || known.chosen, known.lakes);
      this.begin(this.choice.name || known.chosen, known.lakes, known.problem);
      const login = await this.persist(this.api.login);
      this.isServerGone = false;
      this.note({ login, trouble: null, reach: login.problem ? this.reach : null });
    } catch (error) {
      if (!isAbort(error)) {
        this.stuck(asLakeError(error));
      }
    }
  }

  async chooseLake(name: string): Promise<void> {
    await this.open(name);
    await this.choice.choose(name);
  }

  /** Where something was wrong, what is configured by now is read anew as well. */
  refresh(): void {
    const wrong = this.problem ?? this.login?.problem ?? (this.reach?.reachable === false || null);
    void (this.lake && wrong ? this.open(this.lake) : Promise.resolve()).then(() => this.load());
  }

  select(dids: readonly string[]): void {
    this.selection = dids;
    this.selectionChanged.emit(dids);
  }

  openDid(did: string): void {
    this.didOpened.emit(did);
  }

  dispose(): void {
    this.loading.abort();
    this.events.dispose();
  }

  private begin(lake: string | null, lakes: readonly LakeInfo[], notes: string | null): void {
    const other = lake !== this.lake || !this.events.standing;
    this.api.requests.lake = this.choice.name || null;
    this.note({ lake, lakes, notes });
    if (other) {
      this.note({ login: null, reach: null });
      this.select([]);
      this.events.start();
    }
    this.refreshed.emit();
  }

  /** The lake of this machine is started by who shows it: no question does. */
  private async start(name: string | null, lakes: readonly LakeInfo[]): Promise<void> {
    const lake = lakes.find(one => one.name === name);
    if (lake?.embedded && lake.url === null) {
      await this.open(lake.name);
    }
  }

  private async open(name: string): Promise<void> {
    try {
      await this.api.openLake(name);
    } catch (error) {
      this.stuck(asLakeError(error));
    }
  }

  private persist<T>(ask: (signal?: AbortSignal) => Promise<T>): Promise<T> {
    return persist(ask, this.loading.signal, error => this.stuck(error));
  }

  /** Nothing that the server told holds while it is gone; the stream tells when it is back. */
  private stuck({ kind, message }: LakeError): void {
    if (kind !== 'NoAnswer' || this.lake === null) {
      this.note({ trouble: message });
    } else if (!this.isServerGone) {
      this.isServerGone = true;
      const lake = this.api.requests.trans.__('The Jupyter server');
      this.note({ login: null, reach: { lake, reachable: false, since: new Date().toISOString(), message: null } });
    }
  }

  private back(): void {
    if (this.isServerGone) {
      this.isServerGone = false;
      this.note({ reach: null });
      void this.load();
    }
  }

  /** The stream broke: the head says so if the server is what is gone. */
  private async check(): Promise<void> {
    try {
      await this.api.lakes(this.loading.signal);
    } catch (error) {
      if (!isAbort(error)) {
        this.stuck(asLakeError(error));
      }
    }
  }

  /** A lake that answers again has something to show again. */
  private noteReach(reach: Reach): void {
    const back = reach.reachable && this.reach?.reachable === false;
    this.note({ reach });
    if (back) {
      this.refresh();
    }
  }

  private note(known: Known): void {
    Object.assign(this, known);
    this.changed.emit();
  }
}
