//! Reruns a test in a child process with a different environment.

use std::process::Command;

/// The environment variable that passes a value to the child.
const MARK: &str = "LOGTO_TEST_CHILD";

/// The value that the parent passes to its child. `None` in the parent.
pub(crate) fn handed() -> Option<String> {
    std::env::var(MARK).ok()
}

/// Runs the named test in a child process with these variables and returns its output. Panics if the test fails.
///
/// Servers of the caller keep running meanwhile.
pub(crate) async fn run(test: &'static str, handed: String, variables: Vec<(&'static str, String)>) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(MARK, handed).envs(variables);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
    told
}
