//! The list of sample responses in the README. `UPDATE_SAMPLES=1 cargo test -p logto-admin-emulator --test client readme`
//! rewrites it.

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
