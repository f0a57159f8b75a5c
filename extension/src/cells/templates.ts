/** What a cell says, by kernel language: built in, or as the user's settings have it. */

import { literal, plainLanguage } from './literals';

/** Sources with placeholders: `{{name}}`, and literals of the language for `{{did}}`, `{{lake}}` and so on. */
export interface Template {
  /** Fetches when it is run; it says from which lake, if there are several, and into which folder, if not the cache. */
  fetch: string;
  /** What `{{connect}}` and `{{into}}` stand for where there is a `{{lake}}` or `{{folder}}` to be told. */
  connect: string;
  into: string;
  /** The same for a DID that is one file; without it, as for many. */
  fetchFile: string;
  /** Binds `{{paths}}` that are here already, and `{{path}}` of a single file. */
  paths: string;
  path: string;
}

/** The setting `cellTemplates`: by language; what it leaves out is as built in. */
export type TemplateSettings = Readonly<Record<string, Partial<Template>>>;

/** What a template is filled with. */
export interface Filling {
  name: string;
  did: string;
  /** Whether the DID is one file. */
  single: boolean;
  /** Lake that the kernel must be told of; null where there is but one. */
  lake: string | null;
  /** Folder that has the files already, or a part of them; null for the cache. */
  folder: string | null;
  paths: readonly string[];
}

const PYTHON: Template = {
  fetch: 'import vre_dm as dm\n\n{{connect}}{{name}} = dm.fetch({{did}}{{into}})',
  connect: 'dm.connect({{lake}})\n',
  into: ', {{folder}}',
  fetchFile: 'import vre_dm as dm\n\n{{connect}}{{name}} = dm.fetch({{did}}{{into}})[0]',
  paths: 'from pathlib import Path\n\n{{name}} = [Path(path) for path in [\n    {{paths}},\n]]',
  path: 'from pathlib import Path\n\n{{name}} = Path({{path}})'
};

const CPP_FETCH = `#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

std::vector<std::string> {{name}} = [] {
    std::vector<std::string> paths;
    std::FILE* lines = popen({{command}}, "r");
    if (!lines) throw std::runtime_error("vre-dm does not start");
    std::string path;
    for (int c; (c = std::fgetc(lines)) != EOF;) {
        if (c != '\\n') { path += static_cast<char>(c); continue; }
        paths.push_back(path);
        path.clear();
    }
    if (pclose(lines) != 0) throw std::runtime_error("the fetch failed; its cause stands above");
    return paths;
}();`;

const CPP: Template = {
  fetch: CPP_FETCH, // {{command}} says from where and into which folder
  connect: '',
  into: '',
  fetchFile: CPP_FETCH.replace('std::vector<std::string> {{name}}', 'std::string {{name}}').replace(
    'return paths;',
    'return paths.at(0);'
  ),
  paths: '#include <string>\n#include <vector>\n\nstd::vector<std::string> {{name}} = {\n    {{paths}}\n};',
  path: '#include <string>\n\nstd::string {{name}} = {{path}};'
};

const NOTHING: Template = { fetch: '', connect: '', into: '', fetchFile: '', paths: '', path: '' };

/** What a template has. */
export const PARTS = Object.keys(NOTHING) as (keyof Template)[];

/** Languages that need no template of the user. */
export const BUILT_IN: ReadonlyMap<string, Template> = new Map([
  ['python', PYTHON],
  ['c++', CPP]
]);

/** Settings with a part of a template as the user writes it; null for as it is built in. */
export function withPart(
  settings: TemplateSettings,
  language: string,
  part: keyof Template,
  source: string | null
): TemplateSettings {
  const parts = Object.entries({ ...settings[language], [part]: source }).filter(([, text]) => text !== null);
  const languages = Object.entries({ ...settings, [language]: Object.fromEntries(parts) });
  return Object.fromEntries(languages.filter(([, template]) => Object.keys(template).length > 0));
}

/** Template of a kernel's language; null where nobody wrote one. */
export function templateFor(language: string, settings: TemplateSettings): Template | null {
  const plain = plainLanguage(language);
  const own = Object.entries(settings).find(([name]) => plainLanguage(name) === plain)?.[1] ?? {};
  const template = { ...(BUILT_IN.get(plain) ?? NOTHING), ...own };
  return template.fetch ? template : null;
}

/** Source of a cell: with the paths where they are known and the template can say them, else a fetch. */
export function sourceOf(template: Template, language: string, filling: Filling): string {
  return filled(chosen(template, filling), plainLanguage(language), filling);
}

function chosen({ fetch, fetchFile, paths, path, connect, into }: Template, filling: Filling): string {
  const here = filling.paths.length > 0 && ((filling.single && path) || paths);
  const source = here || (filling.single && fetchFile) || fetch;
  return source
    .replaceAll('{{connect}}', () => (filling.lake === null ? '' : connect))
    .replaceAll('{{into}}', () => (filling.folder === null ? '' : into));
}

function filled(source: string, language: string, filling: Filling): string {
  const { name, did, lake, folder, paths } = filling;
  const text = (value: string) => literal(value, language);
  // Each is made only where it is asked for: not every text can be written in every language.
  const values = new Map([
    ['name', () => name],
    ['did', () => text(did)],
    ['lake', () => text(lake ?? '')],
    ['folder', () => text(folder ?? '')],
    ['paths', () => paths.map(text).join(',\n    ')],
    ['path', () => text(paths[0] ?? '')],
    ['command', () => text(command(filling))]
  ]);
  return source.replace(/\{\{(\w+)\}\}/g, (placeholder, key: string) => values.get(key)?.() ?? placeholder);
}

function command({ did, lake, folder }: Filling): string {
  const said = (option: string, value: string | null) => (value === null ? [] : [`--${option}=${quoted(value)}`]);
  return ['vre-dm fetch', ...said('lake', lake), ...said('to', folder), '--', quoted(did)].join(' ');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
