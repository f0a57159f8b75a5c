/** Variable names: a valid one from a DID, new among the names that a notebook uses. */

const WORD = /[\p{ID_Start}_][\p{ID_Continue}]*/gu;
const LONGEST = 40;

const PYTHON =
  'False None True and as assert async await break case class continue def del elif else except finally for from ' +
  'global if import in is lambda match nonlocal not or pass raise return try type while with yield ' +
  // Not reserved, but whoever loses one of these is surprised some cells later.
  'abs all any bool bytes dict display dir exit file filter float format get_ipython help id input int iter len ' +
  'list map max min next object open print quit range repr round set sorted str sum super tuple vars zip';

const CPP =
  'alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept const consteval ' +
  'constexpr constinit const_cast continue co_await co_return co_yield decltype default delete do double ' +
  'dynamic_cast else enum explicit export extern false float for friend goto if inline int long main mutable ' +
  'namespace new noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast ' +
  'requires return short signed sizeof static static_assert static_cast std struct switch template this ' +
  'thread_local throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t while ' +
  'xor xor_eq';

const RESERVED = new Set(`${PYTHON} ${CPP}`.split(' '));

/** Every word that could be a name in these sources; more than are names, so nothing is ever overwritten. */
export function namesIn(sources: Iterable<string>): Set<string> {
  const names = new Set<string>();
  for (const source of sources) {
    for (const word of source.match(WORD) ?? []) {
      names.add(word.normalize('NFKC')); // as Python compares them
    }
  }
  return names;
}

/** Variable for what a DID names, valid in every language that we write, and not taken. */
export function variableFor(did: string, taken: ReadonlySet<string>): string {
  const words = did.slice(did.indexOf(':') + 1).replace(/[^A-Za-z0-9]+/g, '_');
  const name =
    words
      .toLowerCase()
      .slice(0, LONGEST)
      .replace(/^_+|_+$/g, '') || 'data';
  const valid = /^\d/.test(name) || RESERVED.has(name) ? `data_${name}` : name;
  let variable = valid;
  for (let count = 2; taken.has(variable); count++) {
    variable = `${valid}_${count}`;
  }
  return variable;
}

/** Whether a text is a variable name as rucio-jupyterlab and we accept it. */
export function isVariable(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !RESERVED.has(text);
}
