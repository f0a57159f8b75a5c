/** Which lake the user chose: kept in the settings where there are any, else as long as the page lives. */

import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal } from '@lumino/signaling';

/** The name of the chosen lake; empty where the choice is left to the server. */
export class LakeChoice {
  readonly changed = new Signal<this, string>(this);
  name = '';
  private settings: ISettingRegistry.ISettings | null = null;

  /** Read the settings, and follow them. */
  async follow(settings: ISettingRegistry.ISettings): Promise<void> {
    this.settings = settings;
    this.note(settings);
    settings.changed.connect(this.note, this);
  }

  /** Choose a lake, for the next session as well. */
  async choose(name: string): Promise<void> {
    this.take(name);
    await this.settings?.set('lake', name);
  }

  private note(settings: ISettingRegistry.ISettings): void {
    const name = settings.get('lake').composite;
    this.take(typeof name === 'string' ? name : '');
  }

  private take(name: string): void {
    if (name !== this.name) {
      this.name = name;
      this.changed.emit(name);
    }
  }
}
