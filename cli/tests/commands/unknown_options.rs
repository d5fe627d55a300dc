//! Options that a command does not have, or has by another name.

use serde_json::json;

use crate::program::{Program, bare, ended};

#[tokio::test(flavor = "multi_thread")]
async fn tips_about_unknown_options_are_about_similar_ones() {
    let dry_run =
        "  tip: only `api` and `users import` have a dry run; `config plan` shows what `config apply` would change\n";
    for (arguments, tip) in [
        (&["config", "plan", "config", "--dry-run"][..], dry_run),
        (&["users", "delete", "ada", "--dry-run"], dry_run),
        (&["organizations", "list", "--event", "a"], ""),
        (&["roles", "users", "staff", "--search", "a"], ""),
        (&["logs", "list", "--search", "a"], ""),
        (&["users", "list", "--query", "a"], ""),
        (&["users", "list", "--limt", "3"], "  tip: a similar argument exists: '--limit'\n"),
        (&["users", "list", "--ouput", "json"], "  tip: a similar argument exists: '--output'\n"),
    ] {
        let refused = ended(bare(arguments, &std::env::temp_dir()), "").await;
        let tips: String = refused.err.split_inclusive('\n').filter(|line| line.contains("tip:")).collect();
        assert_eq!((refused.code, tips.as_str()), (2, tip), "{refused:?}");
        assert!(!refused.err.contains("--tenant") && !refused.err.contains("--quiet"), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_that_can_be_secret_are_not_repeated() {
    for (option, value) in [("--header", "Authorization: Bearer s3cret"), ("--set", "password: s3cret")] {
        let refused = ended(bare(&["api", "CreateUser", option, value], &std::env::temp_dir()), "").await;
        let message = format!("error: invalid value '[redacted]' for '{option} <");
        assert!(refused.code == 2 && refused.err.starts_with(&message), "{refused:?}");
        assert!(refused.err.contains("missing `=`: write NAME=VALUE"), "{refused:?}");
    }
    let refused = ended(bare(&["api", "ListUsers", "--query", "search: ada"], &std::env::temp_dir()), "").await;
    assert!(refused.code == 2 && refused.err.contains("invalid value 'search: ada'"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_has_the_names_that_users_expect() {
    let program = Program::new().await;
    for name in ["ada", "grace"] {
        program.run(&["users", "create", "--username", name]).await.done();
    }
    let found = program.run(&["users", "list", "--search", "grac"]).await.done().json();
    assert_eq!((found.as_array().unwrap().len(), &found[0]["username"]), (1, &"grace".into()));
    let twice = program.run(&["users", "list", "ada", "--search", "grace"]).await;
    assert_eq!(twice.code, 2, "{twice:?}");
    let selected = async |key: &str| program.run(&["logs", "list", "--event", key]).await.done().json();
    let entries = selected("ExchangeTokenBy.ClientCredentials").await;
    assert!(!entries.as_array().unwrap().is_empty(), "{entries}");
    assert_eq!(selected("Interaction.SignIn.Submit").await, json!([]));
}
