/** The user's settings (schema/lake.json), read when they are needed, so that a change holds at once. */

import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/** Id of the plugin whose settings they are. */
export const SETTINGS = 'vre-dm-lab:lake';

/** A setting; what is to hold where there is no registry, or a value of another type. */
export function settingOf<T extends string | number | boolean | object>(
  registry: ISettingRegistry | null,
  key: string,
  otherwise: T
): T {
  const value = registry?.plugins[SETTINGS]?.data.composite?.[key];
  return typeof value === typeof otherwise ? (value as T) : otherwise;
}
