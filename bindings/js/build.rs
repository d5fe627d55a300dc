//! Makes the linker emit relocations, which scripts/unreached.mjs uses to find unused data.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-cdylib-link-arg=--emit-relocs");
}
