// Finds data that nothing uses after functions are removed: tables and texts that the linker kept, because it ran
// before the removal. Saves 13 KB. It uses the linker's relocations, which contain every address, however the code computes it.

const [CUSTOM, IMPORT, EXPORT, ELEMENT, CODE, DATA] = [0, 2, 7, 9, 10, 11];
// Kinds of symbols, and kinds of relocations with an addend: addresses in memory, offsets in functions and sections.
const [FUNCTION, DATUM] = [0, 1];
const WITH_ADDEND = new Set([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23]);

/**
 * Returns address and length of each piece of unused data.
 *
 * @param bytes A module that was linked with `--emit-relocs`.
 * @param never Returns whether the function with this name is removed.
 */
export function unreached(bytes, never) {
  const sections = readSections(bytes);
  const functions = bodies(bytes, sections);
  const segments = dataSegments(bytes, sections.get(DATA));
  const symbols = readSymbols(bytes, sections.get("linking"));
  const names = new Map(symbols.filter(({ kind }) => kind === FUNCTION).map(({ index, name }) => [index, readable(name)]));
  const data = symbols.filter(({ kind, size }) => kind === DATUM && size > 0);
  for (const datum of data) datum.begin = segments[datum.segment].payload + datum.offset;

  // The symbols that each function and each piece of data refers to.
  const uses = new Map();
  const note = (user, symbol) => uses.set(user, [...(uses.get(user) ?? []), symbol]);
  for (const { offset, symbol } of relocations(bytes, sections.get("reloc.CODE"))) {
    const user = functions.find(({ begin, end }) => offset >= begin && offset < end);
    if (user && !never(names.get(user.index) ?? "")) note(`function ${user.index}`, symbols[symbol]);
  }
  for (const { offset, symbol } of relocations(bytes, sections.get("reloc.DATA"))) {
    for (const datum of data) if (offset >= datum.begin && offset < datum.begin + datum.size) note(key(datum), symbols[symbol]);
  }

  // Only panics use source locations and these messages. Saves 1.2 KB.
  const texts = new Map(data.map((datum) => [datum, textOf(bytes, sections.get(DATA), datum)]));
  checkPatterns(MESSAGES, [...texts.values()]);
  const isMessage = (datum) => MESSAGES.some((message) => message.test(texts.get(datum)));
  const ofPanics = (datum) => isPlace(bytes, sections.get(DATA), datum, uses.get(key(datum))) || isMessage(datum);
  const places = new Set(data.filter(ofPanics).map(key));
  const reached = new Set();
  const visit = (user) => {
    if (reached.has(user) || places.has(user)) return;
    reached.add(user);
    for (const symbol of uses.get(user) ?? []) if (symbol.kind <= DATUM) visit(key(symbol));
  };
  for (const index of exported(bytes, sections.get(EXPORT))) visit(`function ${index}`);
  // wasm-bindgen finds some functions by name.
  for (const [index, name] of names) if (/__wbindgen|__externref|__wbg/.test(name)) visit(`function ${index}`);

  const last = segments.reduce((end, { at, length }) => Math.max(end, at + length), 0);
  const used = new Uint8Array(last);
  const known = new Uint8Array(last);
  for (const datum of data) {
    const at = segments[datum.segment].at + datum.offset;
    (reached.has(key(datum)) ? used : known).fill(1, at, at + datum.size);
  }
  return ranges(used, known);
}

/** Returns whether this is a `Location`. It has the name of a source file, a line and a column. */
function isPlace(bytes, { begin }, { size }, used = []) {
  const [file] = used;
  if (size !== 16 || used.length !== 1 || !(file.begin >= 0)) return false;
  return /\.rs\0?$/.test(textOf(bytes, { begin }, file));
}

function textOf(bytes, { begin }, datum) {
  return Buffer.from(bytes.subarray(begin + datum.begin, begin + datum.begin + datum.size)).toString("latin1");
}

/** Throws an error if a pattern matches none of the texts: it would have no effect. */
export function checkPatterns(patterns, texts) {
  for (const pattern of patterns) {
    if (!texts.some((text) => pattern.test(text))) throw new Error(`nothing matches ${pattern}`);
  }
}

// Messages of panics in the standard library and in dependencies.
const MESSAGES = [
  /^capacity overflow$/,
  /^overflow (when|in) .*$/,
  /^RefCell already .*$/,
  /^mid > len$/,
  /^assertion failed: .*$/,
  /^internal error: entered unreachable code.*$/,
  /^Map must not be polled .*$/,
  /^attempt to join into .*$/,
  /^called `\w+::unwrap\(\)` .*$/,
  /^a Display implementation .*$/,
  /^description\(\) is deprecated.*$/,
];

const ESCAPES = { LT: "<", GT: ">", RF: "&", BP: "*", LP: "(", RP: ")", C: ",", u20: " ", u27: "'", u5b: "[", u5d: "]", u7b: "{", u7d: "}", u3b: ";", u2b: "+" };

/** Returns approximately the name that a function has in the module itself. */
function readable(mangled) {
  const words = [...identifiers(mangled.startsWith("_R") ? mangled.replace(/(?:Cs|Xs?|B)[0-9A-Za-z]*_(?=[0-9A-Z])/g, "C") : mangled)];
  if (mangled.startsWith("_ZN")) {
    const text = words.join("::").replace(/\$(\w+)\$/g, (all, escape) => ESCAPES[escape] ?? all);
    return text.replaceAll("..", "::").replace(/(^|::)_</g, "$1<");
  }
  // The mangling of the standard library refers back to earlier parts of the name. They are left out.
  const path = words.join("::");
  return /^_RNvX/.test(mangled) ? `<${path} as core::${words.slice(0, -1).join("::")}>::${words.at(-1)}` : path;
}

/** Yields the identifiers of a mangled name. Each follows its length. */
function* identifiers(mangled) {
  const lengths = /(?<![0-9])([1-9]\d*)_?/g;
  for (let found; (found = lengths.exec(mangled)); ) {
    const begin = found.index + found[1].length;
    const word = mangled.slice(begin, begin + Number(found[1]));
    if (!/^_?[A-Za-z_$.][\w$.]*$/.test(word) || word.length < Number(found[1])) continue;
    yield word.replace(/^_(?=[0-9A-Z_])/, (mark) => (mangled.startsWith("_R") ? "" : mark));
    lengths.lastIndex = begin + Number(found[1]);
  }
}

/** Returns the module without the linker's custom sections. They are no longer correct. */
export function withoutNotes(bytes) {
  const kept = [bytes.subarray(0, 8)];
  for (const [name, { start, end }] of readSections(bytes)) {
    if (!/^(linking|reloc\.)/.test(String(name))) kept.push(bytes.subarray(start, end));
  }
  return Buffer.concat(kept);
}

/**
 * Returns the module with the host's names of its imports, such as `send` of `host`. The names of wasm-bindgen have a
 * prefix, and digits that change with the module.
 */
export function withPlainImports(bytes) {
  const { start, begin, end } = readSections(bytes).get(IMPORT);
  const read = reader(bytes, begin);
  const count = read.number();
  const parts = [encoded(count)];
  for (let left = count; left > 0; left--) {
    read.text();
    const name = read.text().replace(/^__wbg_(\w+)_[0-9a-f]{16}$/, "$1");
    if (read.byte() !== 0) throw new Error("the module imports something other than functions");
    parts.push(named("host"), named(name), [0], encoded(read.number()));
  }
  const section = parts.flat();
  return Buffer.concat([bytes.subarray(0, start), Buffer.from([IMPORT, ...encoded(section.length), ...section]), bytes.subarray(end)]);
}

const named = (text) => [...encoded(text.length), ...Buffer.from(text)];

/** Encodes a number as LEB128. */
function encoded(number) {
  return number < 128 ? [number] : [(number % 128) + 128, ...encoded(Math.floor(number / 128))];
}

/** Returns a function that maps memory to a range of the module's bytes. Its arguments are an address and a length. */
export function memory(bytes) {
  const section = readSections(bytes).get(DATA);
  const segments = dataSegments(bytes, section);
  return (at, length) => {
    const segment = segments.find((one) => at >= one.at && at + length <= one.at + one.length);
    const begin = section.begin + segment.payload + at - segment.at;
    return [begin, begin + length];
  };
}

const key = ({ kind, index, segment, offset }) => (kind === FUNCTION ? `function ${index}` : `data ${segment} ${offset}`);

/** Returns the ranges that only unused symbols cover. */
function ranges(used, known) {
  const found = [];
  for (let at = 0; at < known.length; at++) {
    if (!known[at] || used[at]) continue;
    const begin = at;
    while (at < known.length && known[at] && !used[at]) at++;
    found.push([begin, at - begin]);
  }
  return found;
}

function reader(bytes, at) {
  const number = () => {
    let [value, shift, byte] = [0, 0, 0];
    do {
      byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      shift += 7;
    } while (byte > 127);
    return value;
  };
  const skip = (count) => (at += count);
  const text = () => {
    const length = number();
    return Buffer.from(bytes.subarray(at, skip(length))).toString();
  };
  return { number, skip, text, byte: () => bytes[at++], at: () => at };
}

/** Returns the positions of the sections, by number, or by name if they are custom. */
function readSections(bytes) {
  const sections = new Map();
  const read = reader(bytes, 8);
  while (read.at() < bytes.length) {
    const start = read.at();
    const id = read.byte();
    const end = read.number() + read.at();
    const begin = read.at();
    if (id === CUSTOM) sections.set(read.text(), { start, begin: read.at(), end });
    else sections.set(id, { start, begin, end });
    read.skip(end - read.at());
  }
  return sections;
}

function imported(bytes, section) {
  let count = 0;
  const read = reader(bytes, section.begin);
  for (let left = read.number(); left > 0; left--) {
    read.text();
    read.text();
    if (read.byte() !== 0) throw new Error("the module imports something other than functions");
    read.number();
    count++;
  }
  return count;
}

/** Returns the bodies of the functions, as ranges of the section. */
function bodies(bytes, sections) {
  const first = sections.has(IMPORT) ? imported(bytes, sections.get(IMPORT)) : 0;
  const { begin } = sections.get(CODE);
  const read = reader(bytes, begin);
  return Array.from({ length: read.number() }, (_, index) => {
    const length = read.number();
    const at = read.at() - begin;
    read.skip(length);
    return { index: first + index, begin: at, end: at + length };
  });
}

/** Returns the addresses of the segments, and where their bytes are in the section. */
function dataSegments(bytes, { begin }) {
  const read = reader(bytes, begin);
  return Array.from({ length: read.number() }, () => {
    if (read.number() !== 0 || read.byte() !== 0x41) throw new Error("a data segment has no constant address");
    const at = read.number();
    read.skip(1);
    const length = read.number();
    const payload = read.at() - begin;
    read.skip(length);
    return { at, length, payload };
  });
}

function exported(bytes, { begin }) {
  const read = reader(bytes, begin);
  const all = Array.from({ length: read.number() }, () => (read.text(), { kind: read.byte(), index: read.number() }));
  return all.filter(({ kind }) => kind === 0).map(({ index }) => index);
}

function readSymbols(bytes, { begin, end }) {
  const read = reader(bytes, begin);
  read.number();
  while (read.at() < end) {
    const [kind, length] = [read.byte(), read.number()];
    if (kind === 8) return Array.from({ length: read.number() }, () => readSymbol(read));
    read.skip(length);
  }
  throw new Error("the module has no symbol table");
}

function readSymbol(read) {
  const [kind, flags] = [read.byte(), read.number()];
  const [undefined_, named] = [flags & 0x10, flags & 0x40];
  if (kind === DATUM) {
    const name = read.text();
    return undefined_ ? { kind, name, size: 0 } : { kind, name, segment: read.number(), offset: read.number(), size: read.number() };
  }
  const index = read.number();
  return { kind, index, name: kind !== 3 && (!undefined_ || named) ? read.text() : "" };
}

function relocations(bytes, { begin }) {
  const read = reader(bytes, begin);
  read.number();
  return Array.from({ length: read.number() }, () => {
    const [kind, offset, symbol] = [read.byte(), read.number(), read.number()];
    if (WITH_ADDEND.has(kind)) read.number();
    return { kind, offset, symbol };
  }).filter(({ kind }) => kind !== 6);
}
