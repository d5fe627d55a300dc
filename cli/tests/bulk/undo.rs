use logto_admin_cli::interrupt::Interrupt;
use logto_admin_cli::users::journal::{Entry, Identifiers};
use logto_admin_cli::users::undo::{self, Undone};
use serde_json::json;

use crate::stage::{Stage, named};

#[tokio::test]
async fn an_undo_deletes_what_the_import_created_and_nothing_else() {
    let stage = Stage::new();
    stage.call("CreateUser", json!({ "username": "ada" })).await;
    stage.import(named(&["ada", "grace", "alan"])).await;
    let mut journal = stage.open_journal();
    let client = stage.client();
    let users = undo::created(&client, &journal).await.unwrap();
    assert_eq!(users.len(), 2);
    let undone = undo::delete(&client, &mut journal, &users, &Interrupt::default(), &mut || ()).await.unwrap();
    assert_eq!(undone, Undone { deleted: 2, gone: 0 });
    assert_eq!(stage.usernames().await, ["ada"]);
    let again = undo::delete(&client, &mut journal, &users, &Interrupt::default(), &mut || ()).await.unwrap();
    assert_eq!(again, Undone { deleted: 0, gone: 2 });
    drop(journal);
    // The import can run again, and can be undone only once.
    assert_eq!(undo::created(&client, &stage.open_journal()).await.unwrap(), []);
    assert_eq!(stage.import(named(&["grace"])).await.summary.created, 1);
}

#[tokio::test]
async fn a_creation_with_an_unknown_end_is_undone_only_if_the_user_is_new() {
    let stage = Stage::new();
    let user = stage.call("CreateUser", json!({ "username": "ada" })).await;
    let created_at = user["createdAt"].as_i64().unwrap();
    let identifiers = || Identifiers::from([("username".to_owned(), "ada".to_owned())]);
    let hour = 3_600_000;
    for (at, expected) in [(created_at + hour, 0), (created_at, 1)] {
        let mut journal = stage.open_journal();
        journal.add(&Entry::Started { key: "username:ada".to_owned(), at, identifiers: identifiers() }).unwrap();
        drop(journal);
        let users = undo::created(&stage.client(), &stage.open_journal()).await.unwrap();
        assert_eq!(users.len(), expected, "{at}");
    }
}
