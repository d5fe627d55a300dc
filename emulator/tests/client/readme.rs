//! The example in the README, and its list of sample responses.
//! `UPDATE_SAMPLES=1 cargo test -p logto-admin-emulator --test client readme` rewrites the list.

use std::collections::BTreeMap;
use std::path::Path;

use logto_admin::operation::TABLE;
use logto_admin_emulator::Emulator;

const START: &str = "<!-- ANCHOR: samples -->\n";
const END: &str = "<!-- ANCHOR_END: samples -->";

/// Returns the operations that are not stateful, one group per line.
fn samples() -> String {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for info in TABLE.iter().filter(|info| !Emulator::keeps(info.id)) {
        groups.entry(info.group).or_default().push(info.id);
    }
    let line = |(group, ids): (&str, Vec<&str>)| format!("- `{group}`: {}\n", ids.join(", "));
    let lines: String = groups.into_iter().map(line).collect();
    if lines.is_empty() { "None.\n".to_owned() } else { format!("\n{lines}\n") }
}

#[test]
fn the_readme_lists_the_operations_with_sample_responses() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&file).unwrap();
    let (before, rest) = text.split_once(START).expect("the start of the list");
    let (current, after) = rest.split_once(END).expect("the end of the list");
    if std::env::var_os("UPDATE_SAMPLES").is_some() {
        std::fs::write(&file, format!("{before}{START}{}{END}{after}", samples())).unwrap();
    } else {
        assert_eq!(current, samples(), "run this test with UPDATE_SAMPLES=1 to renew the list");
    }
}

#[test]
fn the_example_of_the_readme_is_compiled_and_run() {
    let readme = include_str!("../../README.md");
    let (_, example) = readme.split_once("```rust\n").expect("an example");
    let (example, rest) = example.split_once("```\n").expect("the end of the example");
    assert!(include_str!("readme_example.rs").ends_with(&format!("\n\n{example}")), "the example differs:\n{example}");
    assert!(!rest.contains("```rust"), "a second example is not compiled");
}
