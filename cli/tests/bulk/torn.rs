//! Journals that a crash has cut anywhere, while the server has done everything.

use std::fs;

use logto_admin_cli::users::record::ImportedUser;
use serde_json::json;

use crate::stage::{Stage, record};

const NAMES: [&str; 3] = ["ada", "alan", "grace"];

fn users() -> Vec<ImportedUser> {
    NAMES.iter().map(|name| record(json!({ "username": name, "roles": ["staff"] }))).collect()
}

/// The ends of all lines, and the places just before, just after and between them.
fn cuts(journal: &[u8]) -> Vec<usize> {
    let ends = journal.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let mut cuts: Vec<usize> = ends.flat_map(|end| [end.saturating_sub(20), end - 1, end, end + 1, end + 20]).collect();
    cuts.push(0);
    cuts.retain(|cut| *cut <= journal.len());
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

#[tokio::test]
async fn an_import_continues_from_a_journal_that_is_cut_anywhere() {
    let first = Stage::new();
    first.call("CreateRole", json!({ "name": "staff", "description": "all" })).await;
    assert_eq!(first.import(users()).await.summary.created, 3);
    let (mut state, journal) = (Vec::new(), fs::read(&first.journal).unwrap());
    first.emulator.save(&mut state).unwrap();
    let cuts = cuts(&journal);
    assert!(cuts.len() > 20, "{cuts:?}");
    for cut in cuts {
        let stage = Stage::new();
        stage.emulator.restore(state.as_slice()).unwrap();
        fs::write(&stage.journal, &journal[..cut]).unwrap();
        let report = stage.import(users()).await;
        assert_eq!(report.summary.failed, 0, "{cut}: {report:?}");
        assert_eq!(stage.usernames().await, NAMES, "{cut}");
        let roles = stage.client().operation("ListRoles").unwrap().query("search", "staff").await.unwrap();
        assert_eq!(roles[0]["usersCount"], 3, "{cut}: {roles}");
        let whole = fs::read(&stage.journal).unwrap();
        assert_eq!(whole.last(), Some(&b'\n'), "{cut}: the journal ends within a line");
    }
}
