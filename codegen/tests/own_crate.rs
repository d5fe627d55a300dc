//! Crates that `--crate` writes compile by themselves.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot continue has failed")]

use std::path::Path;
use std::process::Command;

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn a_crate_with_the_operations_of_another_release_compiles() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("own-crate");
    drop(std::fs::remove_dir_all(&folder));
    let document = format!("{WORKSPACE}/spec/logto-1.17.json");
    // The second time, it renews the crate.
    for _ in 0..2 {
        let mut codegen = Command::new(env!("CARGO_BIN_EXE_logto-admin-codegen"));
        codegen.args(["--document", &document, "--crate", "my-logto", "--out"]).arg(&folder);
        let output = codegen.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    std::fs::copy(format!("{WORKSPACE}/Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let mut check = Command::new(env!("CARGO"));
    check.args(["check", "--offline", "--all-features", "--quiet"]).current_dir(&folder);
    check.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("own-crate-target"));
    let output = check.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
