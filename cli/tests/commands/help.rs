use std::fs;

use crate::program::{Program, bare, ended};

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

#[tokio::test(flavor = "multi_thread")]
async fn shells_complete_commands_and_options() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = help(&["completions", shell]).await;
        for word in ["logto-admin", "import", "on-conflict", "man-pages"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_help_has_details_and_examples() {
    for (command, detail) in [
        (&["api"][..], "\n  logto-admin api GetUser --path userId=dq2r8h7l5yzc\n"),
        (&["doctor"], "Ends with 1 if something is wrong"),
        (&["users", "import"], "run the same command again to continue"),
        (&["users", "export"], "No user is written twice"),
    ] {
        let text = help(&[command, &["--help"]].concat()).await;
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(detail) || words(&text).contains(detail), "{command:?}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_help_says_where_completions_go() {
    let text = help(&["completions", "--help"]).await;
    for place in [
        "completions bash > ~/.local/share/bash-completion/completions/logto-admin",
        "completions zsh > ~/.zfunc/_logto-admin",
        "completions fish > ~/.config/fish/completions/logto-admin.fish",
        "completions powershell >> $PROFILE",
    ] {
        assert!(text.contains(place), "{place}: {text}");
        assert!(include_str!("../../README.md").contains(&format!("$ logto-admin {place}")), "{place}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_command_has_a_man_page() {
    let program = Program::new().await;
    program.run(&["man-pages", "man"]).await.done();
    for (page, text) in [
        ("logto-admin.1", "logto\\-admin\\-users(1)"),
        ("logto-admin-users-import.1", "\\-\\-on\\-conflict"),
        ("logto-admin-config-apply.1", "\\-\\-prune"),
        // `-h` leaves it out.
        ("logto-admin-users-list.1", "LOGTO_ENDPOINT"),
    ] {
        let content = fs::read_to_string(program.path(&format!("man/{page}"))).unwrap();
        assert!(content.contains(text), "{page}: {content}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_has_32_users_at_the_same_time_by_default() {
    let text = help(&["users", "import", "--help"]).await;
    let (_, option) = text.split_once("--concurrency").expect("the option");
    assert!(option.split("\n\n  ").next().is_some_and(|option| option.contains("[default: 32]")), "{option}");
}
