// Makes the module small.
import binaryen from "binaryen";
import { memory, unreached, withoutNotes } from "./unreached.mjs";

// What every supported runtime has; "all features" makes a module that Node 20 refuses.
const FEATURES = ["MutableGlobals", "NontrappingFPToInt", "SignExt", "BulkMemory", "BulkMemoryOpt", "ReferenceTypes", "Multivalue"];

// Functions that this module has and never runs, by name: they become traps, and what they alone need goes with them.
// Functions of one body share one name by now, so nothing goes whose body could be that of something else.
const NEVER = [
  // A panic ends the instance and is told by its trap: nobody reads what it would say.
  /::panicking::(panic|assert)|::assert_failed|std.*::panicking|unwrap_failed|expect_failed|slice_\w*fail|begin_panic|rust_panic/,
  /handle_alloc|capacity_overflow|raw_vec::handle_error/,
  // Errors are told by their parts. What the host threw is a text, and so are reasons of the client's own.
  / as core.*::fmt::(Debug|LowerHex)>|::fmt::builders::|::fmt::Write>::write_fmt|fmt::Write::write_fmt/,
  /<(?!logto_admin_js::platform::HostError|logto_admin::token::error::Because|alloc.*::boxed::Box).* as core.*::fmt::Display>|<impl core.*::fmt::(Debug|Display) for /,
  // Nobody asks an error for its source.
  /TokenError as core.*::error::Error>::source|Arc.* as core.*::error::Error>::cause|^core.*::error::Error::(description|type_id)/,
  // Threads are asked for by `SendWrapper`, and JavaScript values by bodies of the web: there is neither here.
  /std.*::thread::|SendWrapper|JsValue|js_sys::|closures::_::invoke|body::js_(bytes|length)/,
  // Bodies come as members, which the host has read.
  /body::Body::(decoded|scanned)/,
  // Bytes are never changed in place.
  /bytes::bytes::\w+_(to_mut|is_unique)/,
  // The host has hooks of its own, reads dates and redirects, and is not strict.
  /Pipeline::hooks_(before|after)|date::parse_http_date|client::undocumented|transport::url::shown/,
];

// Whatever formats would trap.
const FORMATS = /::fmt::write$|fmt::format(::|$)/;

/** `linked` is what the linker has made, with its relocations; `bytes` what wasm-bindgen has made of that. */
export async function optimise(bytes, linked) {
  const module = binaryen.readBinary(blank(bytes, linked));
  module.setFeatures(FEATURES.reduce((all, name) => all | binaryen.Features[name], 0));
  for (const { reference, name } of functions(module)) {
    if (isNever(name)) binaryen.Function(reference).body = module.unreachable();
  }
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(2);
  // Addresses below 1024 are the end of the stack, and never those of values with members.
  binaryen.setLowMemoryUnused(true);
  binaryen.setGenerateStackIR(true);
  binaryen.setOptimizeStackIR(true);
  // It makes the module smaller, but not its gzipped form.
  binaryen.addPassToSkip("local-cse");
  for (let pass = 0; pass < 3; pass++) module.optimize();
  const formats = functions(module).find(({ name }) => FORMATS.test(name.replace(/::h[0-9a-f]{16}$/, "")));
  if (formats) throw new Error(`something formats, which would trap: ${formats.name} is reached`);
  module.runPasses(["strip-debug", "strip-producers", "strip-target-features"]);
  if (!module.validate()) throw new Error("the optimised module is not valid");
  return module.emitBinary();
}

/** The functions that are not imported. */
function functions(module) {
  const all = Array.from({ length: module.getNumFunctions() }, (_, index) => module.getFunctionByIndex(index));
  const named = all.map((reference) => ({ reference, ...binaryen.getFunctionInfo(reference) }));
  return named.filter(({ module }) => module === "");
}

const isNever = (name) => NEVER.some((never) => never.test(name));

/** Overwrites by zeros what functions that are left out alone would read: tables, and texts of panics. */
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
