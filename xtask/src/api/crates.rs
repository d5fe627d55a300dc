//! Lists the public API of the crates with `public-api`. It reads the JSON of rustdoc.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use public_api::Builder;

use super::fingerprint;
use super::listing::Listing;
use crate::command;
use crate::metadata::PUBLISHED;
use crate::tool::{self, WASM};

/// The Rust whose rustdoc writes the version of the JSON that `public-api` reads. Change both together.
const RUST: &str = "1.95";

/// Generated modules. Their code is in the repository, so the listing only has the number and the hash of their items.
const GENERATED: [&str; 2] = ["logto_admin::api::", "logto_admin::models::"];

/// Returns the listings of the crates. One is about items that the client has on the web only.
pub(super) fn listings() -> Result<Vec<Listing>> {
    tool::ensure_all_features()?;
    describe(&PUBLISHED, None)?;
    let native = items("logto-admin", None)?;
    let known: HashSet<_> = native.iter().collect();
    describe(&["logto-admin"], Some(WASM))?;
    let web = items("logto-admin", Some(WASM))?;
    let web: Vec<_> = web.iter().filter(|item| !known.contains(item)).cloned().collect();
    Ok(vec![
        Listing { file: "logto-admin.txt".to_owned(), text: text(&native) },
        Listing { file: "logto-admin-web.txt".to_owned(), text: text(&web) },
        Listing { file: "logto-admin-emulator.txt".to_owned(), text: text(&items("logto-admin-emulator", None)?) },
        Listing { file: "logto-admin-cli.txt".to_owned(), text: text(&items("logto-admin-cli", None)?) },
    ])
}

/// Writes the JSON of rustdoc for crates with all features. The dependencies are those of the documentation.
fn describe(packages: &[&str], target: Option<&str>) -> Result<()> {
    let mut doc = tool::with_unstable_rustdoc(cargo()?);
    doc.args(["doc", "--quiet", "--locked", "--no-deps", "--lib", "--all-features"]);
    doc.args(packages.iter().flat_map(|package| ["--package", package]));
    doc.args(target.iter().flat_map(|target| ["--target", target]));
    command::run(doc.env("RUSTDOCFLAGS", "-Zunstable-options --output-format json --cap-lints allow"))
}

/// Returns the public items of a crate, one per line.
fn items(package: &str, target: Option<&str>) -> Result<Vec<String>> {
    let file = format!("doc/{}.json", package.replace('-', "_"));
    let json: PathBuf = command::target().join(target.unwrap_or_default()).join(file);
    let api = Builder::from_rustdoc_json(&json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()
        .with_context(|| format!("cannot read {}", json.display()))?;
    Ok(api.items().map(ToString::to_string).collect())
}

/// Returns the cargo of the Rust that writes the right JSON. rustup installs it.
fn cargo() -> Result<Command> {
    let version = command::output(command::program("rustc").arg("--version"))?;
    let mut cargo = command::cargo();
    if !is_right(&version) {
        cargo = command::program("cargo");
        cargo.env("RUSTUP_TOOLCHAIN", RUST);
    }
    Ok(cargo)
}

fn is_right(version: &str) -> bool {
    version
        .strip_prefix("rustc ")
        .and_then(|version| version.strip_prefix(RUST))
        .is_some_and(|rest| rest.starts_with('.'))
}

/// Returns the items of hand-written modules. Number and hash of the items of each generated module follow.
fn text(items: &[String]) -> String {
    let mut text = String::new();
    let mut generated: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for item in items {
        match generated_module(item) {
            Some(module) => generated.entry(module).or_default().push(item),
            None => text.extend([item, "\n"]),
        }
    }
    for (module, mut items) in generated {
        items.sort_unstable();
        let hash = fingerprint::of(items.iter().copied());
        text.push_str(&format!("# generated: {module}, {} items, {hash}\n", items.len()));
    }
    text
}

/// Returns the generated module that an item is in or about. Example: `logto_admin::api::users`.
fn generated_module(item: &str) -> Option<String> {
    GENERATED.iter().find_map(|prefix| {
        let (_, rest) = item.split_once(prefix)?;
        let is_group = *prefix == "logto_admin::api::";
        let group = rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default();
        Some(format!("{prefix}{}", if is_group { group } else { "" }).trim_end_matches("::").to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEMS: [&str; 5] = [
        "pub mod logto_admin",
        "pub fn logto_admin::api::users::Users::get(&self, &str)",
        "impl logto_admin::Operation for logto_admin::api::users::GetUserOp",
        "pub logto_admin::models::User::id: alloc::string::String",
        "pub struct logto_admin::Client",
    ];

    #[test]
    fn generated_modules_are_counted_and_hashed() {
        let users = fingerprint::of([ITEMS[2], ITEMS[1]]);
        let models = fingerprint::of([ITEMS[3]]);
        let expected = format!(
            "pub mod logto_admin\npub struct logto_admin::Client\n\
             # generated: logto_admin::api::users, 2 items, {users}\n# generated: logto_admin::models, 1 items, {models}\n"
        );
        assert_eq!(text(&ITEMS.map(str::to_owned)), expected);
    }

    #[test]
    fn renamed_members_of_models_change_the_listing() {
        let renamed = ITEMS.map(|item| item.replace("User::id", "User::key"));
        let [before, after] = [ITEMS.map(str::to_owned), renamed].map(|items| text(&items));
        assert_eq!(before.lines().count(), after.lines().count());
        assert_ne!(before, after);
    }

    #[test]
    fn only_one_rust_writes_the_right_json() {
        assert!(is_right(&format!("rustc {RUST}.0 (59807616e 2026-04-14)")));
        assert!(!is_right("rustc 1.88.0 (6b00bc388 2025-06-23)"));
        assert!(!is_right("rustc 1.950.0"));
    }
}
