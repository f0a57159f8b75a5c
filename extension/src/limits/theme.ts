/** Light or dark: as the model asks, else as JupyterLab, else as the system; and told when that changes. */

import type { Model } from './model';

export interface Theme {
  dark: boolean;
  text: string;
  line: string;
  grid: string;
  background: string;
  warning: string;
}

const LIGHT: Theme = {
  dark: false,
  text: '#1c1c1c',
  line: '#6b6b6b',
  grid: '#e4e4e4',
  background: '#ffffff',
  warning: '#8a4b00'
};
const DARK: Theme = {
  dark: true,
  text: '#ededed',
  line: '#9a9a9a',
  grid: '#333333',
  background: '#141414',
  warning: '#ffbf69'
};

export function themeOf(model: Model, host: HTMLElement): Theme {
  const base = isDark(model) ? DARK : LIGHT;
  const inLab = 'jpThemeLight' in document.body.dataset && model.theme === 'auto';
  const background = inLab ? getComputedStyle(host).getPropertyValue('--jp-layout-color0').trim() : '';
  return background ? { ...base, background } : base;
}

function isDark(model: Model): boolean {
  if (model.theme !== 'auto') {
    return model.theme === 'dark';
  }
  const lab = document.body.dataset.jpThemeLight;
  return lab === undefined ? systemIsDark().matches : lab === 'false';
}

function systemIsDark(): MediaQueryList {
  return window.matchMedia('(prefers-color-scheme: dark)');
}

/** Call when the page's theme changes; gives what stops it. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributeFilter: ['data-jp-theme-light', 'data-jp-theme-name'] });
  const system = systemIsDark();
  system.addEventListener('change', listener);
  return () => {
    observer.disconnect();
    system.removeEventListener('change', listener);
  };
}

/** The colours as style-sheet variables, for everything around the canvas. */
export function paint(host: HTMLElement, theme: Theme): void {
  host.dataset.theme = theme.dark ? 'dark' : 'light';
  const { text, line, grid, background, warning } = theme;
  Object.entries({ text, line, grid, background, warning }).forEach(([name, colour]) =>
    host.style.setProperty(`--vre-${name}`, colour)
  );
}
