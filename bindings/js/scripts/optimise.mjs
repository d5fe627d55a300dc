// Optimises the module for size.
import binaryen from "binaryen";
import { checkPatterns, memory, unreached, withoutNotes, withPlainImports } from "./unreached.mjs";

// Features of all supported runtimes. "All features" makes a module that Node.js 20 rejects.
const FEATURES = ["MutableGlobals", "NontrappingFPToInt", "SignExt", "BulkMemory", "BulkMemoryOpt", "ReferenceTypes", "Multivalue"];

// Functions that this module contains and never runs, by name. They become traps, and what only they need is removed.
// Functions with the same body share one name at this point, so no function is listed whose body another could have.
// The section "Bundle size" of README.md lists what this saves. A pattern that matches nothing fails the build.
const NEVER = [
  // A panic ends the instance, and the trap reports it: nothing reads the message. Saves 1.1 KB.
  /::panicking::panic/,
  /::panicking::assert/,
  /::assert_failed/,
  /std.*::panicking/,
  /unwrap_failed/,
  /expect_failed/,
  /slice_\w*fail/,
  /begin_panic/,
  /rust_panic/,
  /handle_alloc/,
  /capacity_overflow/,
  /panic_access_error/,
  /raw_vec::handle_error/,
  // wasm-bindgen calls it where memory is exhausted. Otherwise, the host would need a function that throws.
  /wasm_bindgen::throw_str/,
  // Only the glue of wasm-bindgen, which lib/wasm/module.ts replaces, calls closures and wakes futures of JavaScript. Saves
  // 0.8 KB.
  /wasm_bindgen::convert::closures::/,
  /^js_sys::futures::/,
  /^__wbindgen_skip_interpret_calls/,
  // The host reads the parts of errors, so nothing uses `Display` or `Debug` on them. Exceptions: errors of the host,
  // which are text, and the client's own reasons. Saves 13 KB.
  / as core.*::fmt::Debug>/,
  /::fmt::builders::/,
  /fmt::Write>::write_fmt/,
  /fmt::Write>::write_char/,
  /fmt::Write::write_fmt/,
  /::write_fmt/,
  /::write_char/,
  /<(?!logto_admin_js::tokens::HostError|logto_admin::token::error::Because|alloc.*::boxed::Box).* as core.*::fmt::Display>/,
  /<impl core.*::fmt::Debug for /,
  /<impl core.*::fmt::Display for /,
];

// Exports that only the glue of wasm-bindgen uses, which lib/wasm/module.ts replaces. They need a function that it imports.
const OF_GLUE = /^__(?!wbindgen_malloc$)/;

// Functions that format text. They would trap.
const FORMATS = /::fmt::write$|fmt::format(::|$)/;

/**
 * Returns the optimised module.
 *
 * @param bytes The output of wasm-bindgen.
 * @param linked The output of the linker, with relocations.
 */
export async function optimise(bytes, linked) {
  const module = binaryen.readBinary(blank(bytes, linked));
  module.setFeatures(FEATURES.reduce((all, name) => all | binaryen.Features[name], 0));
  const all = functions(module);
  checkPatterns(NEVER, all.map(({ name }) => name));
  checkPatterns([OF_GLUE], exported(module));
  for (const { reference, name } of all) {
    if (isNever(name)) binaryen.Function(reference).body = module.unreachable();
  }
  for (const name of exported(module)) {
    if (OF_GLUE.test(name)) module.removeExport(name);
  }
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(2);
  // Addresses below 1024 are the end of the stack, and never those of values with members.
  binaryen.setLowMemoryUnused(true);
  binaryen.setGenerateStackIR(true);
  binaryen.setOptimizeStackIR(true);
  for (let pass = 0; pass < 3; pass++) module.optimize();
  const formats = functions(module).find(({ name }) => FORMATS.test(name.replace(/::h[0-9a-f]{16}$/, "")));
  if (formats) throw new Error(`reachable code formats text, which would trap: ${formats.name}`);
  module.runPasses(["strip-debug", "strip-producers", "strip-target-features"]);
  if (!module.validate()) throw new Error("the optimised module is not valid");
  return withPlainImports(Buffer.from(module.emitBinary()));
}

/** Returns the functions that are not imported. */
function functions(module) {
  const all = Array.from({ length: module.getNumFunctions() }, (_, index) => module.getFunctionByIndex(index));
  const named = all.map((reference) => ({ reference, ...binaryen.getFunctionInfo(reference) }));
  return named.filter(({ module }) => module === "");
}

function exported(module) {
  return Array.from({ length: module.getNumExports() }, (_, index) => binaryen.getExportInfo(module.getExportByIndex(index)).name);
}

const isNever = (name) => NEVER.some((never) => never.test(name));

/** Overwrites data that only the removed functions would read with zeros. These are tables and texts of panics. */
function blank(bytes, linked) {
  const blanked = Uint8Array.from(bytes);
  const [from, to] = [linked, blanked].map(memory);
  for (const [at, length] of unreached(linked, isNever)) {
    const place = to(at, length);
    if (Buffer.compare(linked.subarray(...from(at, length)), bytes.subarray(...place)) !== 0) throw new Error("wasm-bindgen has moved data");
    blanked.fill(0, ...place);
  }
  return withoutNotes(blanked);
}
