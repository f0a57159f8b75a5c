/** What a cell says, by kernel language: built in, or as the user's settings have it. */

import { literal, plainLanguage } from './literals';

/** Sources with `{{placeholders}}`; see `PLACEHOLDERS`. */
export interface Template {
  /** Fetches the DID when it is run. */
  fetch: string;
  /** The same, where several lakes are configured and the kernel has to be told which one. */
  fetchFrom: string;
  /** Binds files that are here already. */
  paths: string;
}

/** The setting `cellTemplates`: by language; what it leaves out is as built in. */
export type TemplateSettings = Readonly<Record<string, Partial<Template>>>;

/** What a template is filled with. */
export interface Filling {
  name: string;
  did: string;
  lake: string | null;
  paths: readonly string[];
}

/** What stands for what: each but the name is a literal of the language. */
export const PLACEHOLDERS = ['name', 'did', 'lake', 'paths', 'command'] as const;

const PYTHON: Template = {
  fetch: 'import vre_dm as dm\n\n{{name}} = dm.fetch({{did}})',
  fetchFrom: 'import vre_dm as dm\n\ndm.connect({{lake}})\n{{name}} = dm.fetch({{did}})',
  paths: 'from pathlib import Path\n\n{{name}} = [Path(path) for path in [\n    {{paths}},\n]]'
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
  fetch: CPP_FETCH,
  fetchFrom: CPP_FETCH,
  paths: '#include <string>\n#include <vector>\n\nstd::vector<std::string> {{name}} = {\n    {{paths}}\n};'
};

const BUILT_IN: Readonly<Record<string, Template>> = { python: PYTHON, 'c++': CPP };

/** Template of a kernel's language; null where nobody wrote one. */
export function templateFor(language: string, settings: TemplateSettings): Template | null {
  const plain = plainLanguage(language);
  const own = Object.entries(settings).find(([name]) => plainLanguage(name) === plain)?.[1];
  const builtIn = Object.hasOwn(BUILT_IN, plain) ? BUILT_IN[plain] : { fetch: '', fetchFrom: '', paths: '' };
  const template = { ...builtIn, ...own };
  template.fetchFrom = own?.fetchFrom || own?.fetch || builtIn.fetchFrom;
  return template.fetch || template.paths ? template : null;
}

/** Source of a cell: with the paths where they are known and the template can say them, else a fetch. */
export function sourceOf(template: Template, language: string, filling: Filling): string {
  const { paths, lake } = filling;
  const known = paths.length > 0 && template.paths ? template.paths : '';
  return filled(known || (lake === null ? template.fetch : template.fetchFrom), plainLanguage(language), filling);
}

function filled(source: string, language: string, { name, did, lake, paths }: Filling): string {
  const command = `vre-dm fetch -- '${did.replaceAll("'", "'\\''")}'`;
  const values: Record<(typeof PLACEHOLDERS)[number], string> = {
    name,
    did: literal(did, language),
    lake: literal(lake ?? '', language),
    paths: paths.map(path => literal(path, language)).join(',\n    '),
    command: literal(command, language)
  };
  return source.replace(/\{\{(\w+)\}\}/g, (all, key: string) =>
    Object.hasOwn(values, key) ? values[key as keyof typeof values] : all
  );
}
