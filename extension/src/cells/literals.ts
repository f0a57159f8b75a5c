/** Texts as literals of a language: whatever a name holds, it stays inside its quotes and can be seen. */

type Escape = (text: string) => string;

// Controls, what is invisible or turns the direction of the line, and halves of a character.
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Name of a kernel's language as templates know it: `C++17` is `c++`. */
export function plainLanguage(language: string): string {
  return language.toLowerCase().replace(/^c\+\+\d*$/, 'c++');
}

/** A text as a literal of that language; unknown ones get what most of them read. */
export function literal(text: string, language: string): string {
  return `"${(ESCAPES[language] ?? elsewhere)(text)}"`;
}

function python(text: string): string {
  return plain(text).replace(HIDDEN, found =>
    found.length > 1 ? `\\U${hex(found.codePointAt(0)!, 8)}` : `\\u${hex(found.charCodeAt(0), 4)}`
  );
}

function cpp(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return Array.from(bytes, byte => {
    const char = String.fromCharCode(byte);
    return /[A-Za-z0-9 !#$%&'()*+,\-./:;<=>@[\]^_`{|}~]/.test(char) ? char : `\\${byte.toString(8).padStart(3, '0')}`;
  }).join('');
}

/** JSON's escapes, and the dollar sign, which some languages put values in for. */
function elsewhere(text: string): string {
  const units = (found: string): string =>
    Array.from({ length: found.length }, (_, at) => `\\u${hex(found.charCodeAt(at), 4)}`).join('');
  return plain(text).replace(HIDDEN, units).replaceAll('$', '\\x24');
}

function plain(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

const ESCAPES: Readonly<Record<string, Escape>> = { python, 'c++': cpp };
