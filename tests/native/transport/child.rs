//! Tests that need another environment run once more, alone, in a process of their own.

use std::process::Command;

/// Tells a test that it is the child.
const MARK: &str = "LOGTO_TEST_CHILD";

/// What the parent hands to its child; `None` in the parent.
pub(crate) fn handed() -> Option<String> {
    std::env::var(MARK).ok()
}

/// Runs the test of this name in a child with these variables; fails if it fails, and gives what it writes. Servers of the caller go on.
pub(crate) async fn run(test: &'static str, handed: String, variables: Vec<(&'static str, String)>) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(MARK, handed).envs(variables);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
    told
}
