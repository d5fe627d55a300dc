//! The compatibility table in the README. `UPDATE_COMPATIBILITY=1 cargo test` rewrites it.

use std::path::Path;

use logto_admin::operation::{Release, TABLE};

use super::exchange::{Exchange, RELEASES, Recordings};

const START: &str = "<!-- ANCHOR: compatibility -->\n";
const END: &str = "<!-- ANCHOR_END: compatibility -->";

/// Returns the table: for each release its operations, those with a recorded success, and the exchanges that are checked.
fn table() -> String {
    let mut table =
        "\n| Logto | operations | with a recorded success | exchanges checked |\n| --- | --- | --- | --- |\n"
            .to_owned();
    for name in RELEASES {
        let release: Release = name.parse().unwrap();
        let recordings = Recordings::own(name);
        let offered = TABLE.iter().filter(|info| info.is_in(release));
        let mut successful: Vec<&str> = recordings.successes().map(|(id, _)| id).collect();
        successful.sort_unstable();
        successful.dedup();
        let checked = recordings.of_operations().count() + recordings.of_token_endpoint().count();
        let label = release.minor().map_or_else(|| "a snapshot newer than 1.42".to_owned(), |_| name.to_owned());
        table += &format!("| {label} | {} | {} | {checked} |\n", offered.count(), successful.len());
    }
    table + "\n"
}

#[test]
fn the_readme_has_the_table_of_the_checked_releases() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&file).unwrap();
    let (before, rest) = text.split_once(START).expect("the start of the table");
    let (current, after) = rest.split_once(END).expect("the end of the table");
    if std::env::var_os("UPDATE_COMPATIBILITY").is_some() {
        std::fs::write(&file, format!("{before}{START}{}{END}{after}", table())).unwrap();
    } else {
        assert_eq!(current, table(), "run `UPDATE_COMPATIBILITY=1 cargo test` to renew the table");
    }
}

#[test]
fn every_exchange_belongs_to_an_operation_of_its_release() {
    for name in RELEASES {
        let release: Release = name.parse().unwrap();
        let recordings = Recordings::own(name);
        let foreign: Vec<&Exchange> = recordings
            .successes()
            .filter(|(id, _)| {
                let info = TABLE.iter().find(|info| info.id == *id).expect("an operation of the table");
                !info.is_in(release)
            })
            .map(|(_, exchange)| exchange)
            .collect();
        assert!(foreign.is_empty(), "{name}: {}", foreign[0]);
    }
}
