/** Texts as literals of a language: whatever a name holds, it stays inside its quotes and can be seen. */

type Escape = (text: string) => string;

// Controls, what is invisible or turns the direction of the line, and halves of a character.
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]/gu;
// What is itself between double quotes in every language that has them.
const PLAIN = /^(?:[A-Za-z0-9 _.,:;/+=~()'-]|(?!\p{Default_Ignorable_Code_Point})[^\P{L}\0-\x7f])*$/u;

/** A text that has no literal which every language reads as the same. */
export class NoLiteral extends Error {
  constructor(readonly text: string) {
    super(`no literal for ${JSON.stringify(text)}`);
  }
}

/** Name of a kernel's language as templates know it: `C++17` is `c++`. */
export function plainLanguage(language: string): string {
  return language.toLowerCase().replace(/^c\+\+\d*$/, 'c++');
}

/** A text as a literal of that language; one nobody wrote escapes for gets only what needs none. */
export function literal(text: string, language: string): string {
  return `"${(ESCAPES.get(language) ?? elsewhere)(text)}"`;
}

function python(text: string): string {
  const quoted = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return quoted.replace(HIDDEN, found =>
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

/** In bash, Ruby, Perl or Julia other characters put in values or commands, and each escapes in its own way. */
function elsewhere(text: string): string {
  if (!PLAIN.test(text)) {
    throw new NoLiteral(text);
  }
  return text;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

const ESCAPES = new Map<string, Escape>([
  ['python', python],
  ['c++', cpp]
]);
