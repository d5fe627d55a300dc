//! Crates that `--crate` writes compile by themselves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot continue has failed"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Writes a document of another release, and returns its path. The parts of one operation are unsupported.
fn odd_document() -> PathBuf {
    let text = std::fs::read_to_string(format!("{WORKSPACE}/spec/logto-1.17.json")).unwrap();
    let mut document: Value = serde_json::from_str(&text).unwrap();
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut).unwrap();
    let name = json!({ "type": "string", "enum": ["a-b", "a_b", "unknown"], "description": "Ends with a paren (\nand a brace {" });
    let tree = json!({ "type": "object", "properties": {
        "startAt": name, "start_at": name, "extra": name, "gen": { "type": "number" }, "child": { "$ref": "#/components/schemas/Tree" },
    }, "additionalProperties": true });
    schemas.insert("Tree".to_owned(), tree);
    let content = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Tree" } } });
    document["paths"]["/api/odd/{id}"] = json!({
        "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
        "get": {
            "tags": ["Users", "Odd"],
            "description": "Ends with a paren (\nand has a brace {\n[link](https://example.com) `code` <b>html</b>",
            "parameters": [
                { "name": "x-odd", "in": "header", "schema": { "type": "string" } },
                { "name": "timeout", "in": "query", "schema": { "type": "number" } },
                { "name": "ratio", "in": "query", "schema": { "type": "number", "format": "double" } },
            ],
            "requestBody": { "content": content },
            "responses": { "200": { "description": "", "content": content }, "default": { "description": "" } },
        },
        "trace": { "tags": ["Users"], "responses": {} },
    });
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("odd.json");
    std::fs::write(&path, document.to_string()).unwrap();
    path
}

#[test]
fn a_crate_with_the_operations_of_another_release_compiles() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("own-crate");
    drop(std::fs::remove_dir_all(&folder));
    let document = odd_document();
    // The second time, it renews the crate.
    for _ in 0..2 {
        let mut codegen = Command::new(env!("CARGO_BIN_EXE_logto-admin-codegen"));
        codegen.arg("--document").arg(&document).args(["--crate", "my-logto", "--out"]).arg(&folder);
        let output = codegen.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    std::fs::copy(format!("{WORKSPACE}/Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    // It has no tests, so `cargo test` compiles nothing.
    for command in ["check", "test"] {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([command, "--offline", "--all-features", "--quiet"]).current_dir(&folder);
        // The folder and the profile of the workspace, whose dependencies are compiled already.
        cargo
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join(".."))
            .env("CARGO_PROFILE_DEV_DEBUG", "0");
        // Cargo sets these variables for this test. Build scripts that watch them would run again, also in the next build
        // of the workspace. Everything that depends on them would be compiled again.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_MANIFEST_") || text.starts_with("CARGO_PKG_") {
                cargo.env_remove(&name);
            }
        }
        let output = cargo.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
