//! Has the linker write down what refers to what: scripts/unreached.mjs finds by that what can go.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-cdylib-link-arg=--emit-relocs");
}
