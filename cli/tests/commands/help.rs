use crate::program::{bare, ended};

async fn help(arguments: &[&str]) -> String {
    ended(bare(arguments, &std::env::temp_dir()), "").await.done().out
}

#[tokio::test(flavor = "multi_thread")]
async fn the_options_of_a_command_come_before_those_of_the_connection() {
    for command in [["users", "import"], ["users", "list"], ["config", "plan"], ["profile", "add"]] {
        let text = help(&[&command[..], &["--help"]].concat()).await;
        let at = |heading: &str| text.find(heading).unwrap_or_else(|| panic!("{command:?} has no {heading:?}: {text}"));
        assert!(at("\nOptions:") < at("\nConnection:") && at("\nConnection:") < at("\nOutput:"), "{text}");
        assert!(at("--yes") < at("\nConnection:"), "{text}");
        assert!(text.contains("--app-secret") && text.contains("--verbose"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_short_help_has_the_essentials_only() {
    let text = help(&["users", "list", "-h"]).await;
    assert!(text.contains("--limit") && text.contains("--profile") && text.contains("--output"), "{text}");
    for hidden in ["--endpoint", "--app-secret", "--allow-http", "--verbose"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}
