//! Log messages about tokens.

use logto_admin_test_support::written;

use crate::scope::granted;
use crate::stage::{HOUR, SECOND, Stage, down, hourly};

/// Runs `work` and returns the warnings that it logs.
pub(crate) fn warnings(work: impl FnOnce()) -> Vec<String> {
    let ((), log) = written(work);
    log.lines().filter(|line| line.contains("WARN")).map(str::to_owned).collect()
}

#[test]
fn missing_scopes_are_logged_once_for_all_renewals() {
    let stage = granted(Some("write"), |builder| builder.scope("read write"));
    let warnings = warnings(|| {
        for _ in 0..3 {
            stage.token().unwrap();
            stage.advance(HOUR);
        }
    });
    assert_eq!(stage.token_calls(), 3);
    let told: Vec<_> = warnings.iter().filter(|line| line.contains("lacks a requested scope")).collect();
    assert_eq!(told.len(), 1, "{warnings:?}");
    assert!(told[0].contains("missing=\"read\""), "{told:?}");
}

#[test]
fn granted_scopes_are_not_logged() {
    let stage = granted(Some("all"), |builder| builder);
    assert!(warnings(|| drop(stage.token())).is_empty());
}

#[test]
fn failed_background_renewals_are_logged() {
    let stage = Stage::answering(|number| if number == 1 { hourly(1) } else { down() });
    let warnings = warnings(|| {
        stage.secret();
        stage.advance(HOUR - 60 * SECOND);
        stage.secret();
        stage.settle();
    });
    assert!(warnings.iter().any(|line| line.contains("cannot renew the access token")), "{warnings:?}");
    assert!(warnings.iter().all(|line| !line.contains("app-secret") && !line.contains("token-1")), "{warnings:?}");
}
