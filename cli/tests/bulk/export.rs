use std::sync::atomic::{AtomicUsize, Ordering};

use logto_admin::transport::HttpTransport;
use logto_admin_cli::interrupt::Interrupt;
use logto_admin_cli::users::export::{Seen, With, export};
use logto_admin_test_support::ScriptedTransport;
use serde_json::json;

use crate::stage::{Stage, named};

#[tokio::test]
async fn a_user_who_is_deleted_during_an_export_is_left_out() {
    let stage = Stage::new();
    stage.import(named(&["ada", "grace"])).await;
    let users = stage.client().users().list().await.unwrap().items;
    let gone = users.iter().find(|user| user.username.as_deref() == Some("grace")).unwrap().id.clone();
    let (emulator, other) = (stage.emulator.clone(), stage.client());
    let transport = ScriptedTransport::new(move |request, options| {
        let (emulator, other, gone) = (emulator.clone(), other.clone(), gone.clone());
        async move {
            if request.url.contains(&format!("/users/{gone}/roles")) {
                drop(other.users().delete(&gone).await);
            }
            emulator.send(request, &options).await
        }
    });
    let mut names = Vec::new();
    let client = stage.client_over(transport);
    let mut write = |user: &logto_admin_cli::users::record::ImportedUser| {
        names.extend(user.username.clone());
        Ok(())
    };
    let ended = export(&client, &[With::Roles], &mut Seen::default(), &Interrupt::default(), &mut write).await;
    assert!(ended.unwrap().is_complete);
    assert_eq!(names, ["ada"]);
}

#[tokio::test]
async fn nobody_is_written_twice_if_users_sign_up_meanwhile() {
    let stage = Stage::new();
    let names: Vec<String> = (100..250).map(|number| format!("user{number}")).collect();
    stage.import(named(&names.iter().map(String::as_str).collect::<Vec<_>>())).await;
    let (emulator, other, late) = (stage.emulator.clone(), stage.client(), AtomicUsize::new(0));
    let transport = ScriptedTransport::new(move |request, options| {
        let (emulator, other) = (emulator.clone(), other.clone());
        let is_second = request.url.contains("page=2");
        let number = late.fetch_add(usize::from(is_second), Ordering::SeqCst);
        async move {
            // The new user is the first of the list, so that the second page begins with the last user of the first.
            if is_second {
                let new = json!({ "username": format!("late{number}") });
                other.operation("CreateUser").unwrap().json(&new).await.unwrap();
            }
            emulator.send(request, &options).await
        }
    });
    let mut written = Vec::new();
    let client = stage.client_over(transport);
    let mut write = |user: &logto_admin_cli::users::record::ImportedUser| {
        written.extend(user.username.clone());
        Ok(())
    };
    let ended = export(&client, &[], &mut Seen::default(), &Interrupt::default(), &mut write).await;
    assert!(ended.unwrap().is_complete && stage.client().users().list().search("late%").await.unwrap().total > Some(0));
    written.retain(|name| !name.starts_with("late"));
    written.sort_unstable();
    assert_eq!(written, names);
}
