// Makes the module small.
import binaryen from "binaryen";

// What every supported runtime has; "all features" makes a module that Node 20 refuses.
const FEATURES = ["MutableGlobals", "NontrappingFPToInt", "SignExt", "BulkMemory", "BulkMemoryOpt", "ReferenceTypes", "Multivalue"];

// A panic ends the instance and is told by its trap: nobody reads what it would say, so what says it can go, and all
// debug output with it. Threads
// are asked for by `SendWrapper` alone, which this module never has one of. Functions of one body
// share one name by now, so nothing goes whose body could be that of something else.
const PANICS =
  /::panicking::(panic|assert)|unwrap_failed|expect_failed|slice_\w*fail|begin_panic|rust_panic|handle_alloc|capacity_overflow|raw_vec::handle_error|as core.*::fmt::Debug>|std.*::thread::current/;

// Where in the sources a panic would have been.
const SOURCES = /(\/rustc\/[0-9a-f]{40}|\/[\w./-]*\/registry\/src\/[\w.-]+|\/rust\/deps)\/[\w./-]+?\.rs/g;

export async function optimise(bytes) {
  const module = binaryen.readBinary(blank(bytes));
  module.setFeatures(FEATURES.reduce((all, name) => all | binaryen.Features[name], 0));
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const reference = module.getFunctionByIndex(index);
    const { name, module: importedFrom } = binaryen.getFunctionInfo(reference);
    if (importedFrom === "" && PANICS.test(name)) binaryen.Function(reference).body = module.unreachable();
  }
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(2);
  for (let pass = 0; pass < 3; pass++) module.optimize();
  module.runPasses(["strip-debug", "strip-producers", "strip-target-features"]);
  if (!module.validate()) throw new Error("the optimised module is not valid");
  return module.emitBinary();
}

/** Overwrites the names of source files by zeros of the same length. */
function blank(bytes) {
  const text = Buffer.from(bytes).toString("latin1");
  return Buffer.from(text.replace(SOURCES, (name) => "\0".repeat(name.length)), "latin1");
}
