//! Makes the linker emit relocations. With them, scripts/unreached.mjs finds unused data.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-cdylib-link-arg=--emit-relocs");
}
