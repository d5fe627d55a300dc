use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use logto_admin::Client;
use logto_admin::transport::HttpTransport;
use logto_admin_cli::failure::Result;
use logto_admin_cli::interrupt::Interrupt;
use logto_admin_cli::users::export::{With, export};
use logto_admin_cli::users::record::ImportedUser;
use logto_admin_cli::users::seen_ids::SeenIds;
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
    let mut write = |user: &ImportedUser| {
        names.extend(user.username.clone());
        Ok(())
    };
    let ended = export(&client, &[With::Roles], &mut SeenIds::default(), &Interrupt::default(), &mut write).await;
    assert!(ended.unwrap().is_complete);
    assert_eq!(names, ["ada"]);
}

/// Imports users with these numbers, and returns their names.
async fn imported(stage: &Stage, numbers: Range<usize>) -> Vec<String> {
    let names: Vec<String> = numbers.map(|number| format!("user{number}")).collect();
    stage.import(named(&names.iter().map(String::as_str).collect::<Vec<_>>())).await;
    names
}

/// A client whose tenant changes before each request of a second page. `change` gets the number of the request, from 0.
fn changing<F>(stage: &Stage, change: impl Fn(Client, usize) -> F + Send + Sync + 'static) -> Client
where
    F: Future<Output = ()> + Send + 'static,
{
    let (emulator, other, seconds) = (stage.emulator.clone(), stage.client(), AtomicUsize::new(0));
    stage.client_over(ScriptedTransport::new(move |request, options| {
        let (emulator, is_second) = (emulator.clone(), request.url.contains("page=2"));
        let change = is_second.then(|| change(other.clone(), seconds.fetch_add(1, Ordering::SeqCst)));
        async move {
            if let Some(change) = change {
                change.await;
            }
            emulator.send(request, &options).await
        }
    }))
}

#[tokio::test]
async fn nobody_is_written_twice_if_users_sign_up_meanwhile() {
    let stage = Stage::new();
    let names = imported(&stage, 100..250).await;
    // The new user is the first of the list, so that the second page begins with the last user of the first.
    let client = changing(&stage, |other, number| async move {
        let new = json!({ "username": format!("late{number}") });
        other.operation("CreateUser").unwrap().json(&new).await.unwrap();
    });
    let mut written = Vec::new();
    let mut write = |user: &ImportedUser| {
        written.extend(user.username.clone());
        Ok(())
    };
    let ended = export(&client, &[], &mut SeenIds::default(), &Interrupt::default(), &mut write).await;
    assert!(ended.unwrap().is_complete && stage.client().users().list().search("late%").await.unwrap().total > Some(0));
    written.retain(|name| !name.starts_with("late"));
    written.sort_unstable();
    assert_eq!(written, names);
}

/// Counts the users that are exported.
async fn exported(client: &Client) -> Result<usize> {
    let mut users = 0;
    let mut write = |_: &ImportedUser| {
        users += 1;
        Ok(())
    };
    export(client, &[], &mut SeenIds::default(), &Interrupt::default(), &mut write).await?;
    Ok(users)
}

#[tokio::test]
async fn a_user_who_moves_to_a_page_that_was_read_is_exported() {
    let stage = Stage::new();
    let names = imported(&stage, 100..250).await;
    // The first user of the second page becomes the last one of the first page.
    let client = changing(&stage, |other, number| async move {
        if number == 0 {
            let first = other.users().list().page_size(1).await.unwrap().items[0].id.clone();
            other.users().delete(&first).await.unwrap();
        }
    });
    assert_eq!(exported(&client).await.unwrap(), names.len());
}

#[tokio::test]
async fn a_full_page_of_more_users_than_the_server_counts_is_not_the_end() {
    let stage = Stage::new();
    imported(&stage, 0..101).await;
    let counting = |total: &'static str| {
        let emulator = stage.emulator.clone();
        stage.client_over(ScriptedTransport::new(move |request, options| {
            let emulator = emulator.clone();
            async move {
                let mut response = emulator.send(request, &options).await?;
                if response.headers.get("total-number").is_some() {
                    response.headers.set("total-number", total);
                }
                Ok(response)
            }
        }))
    };
    assert_eq!(exported(&counting("101")).await.unwrap(), 101);
    for (total, counted) in [("0", "0 users"), ("1", "1 user"), ("99", "99 users"), ("100", "100 users")] {
        let failure = exported(&counting(total)).await.unwrap_err();
        assert_eq!(failure.message(), format!("the server counts {counted}, but lists more"));
    }
}

#[tokio::test]
async fn an_export_from_a_server_that_repeats_a_page_ends() {
    let stage = Stage::new();
    imported(&stage, 0..101).await;
    let emulator = stage.emulator.clone();
    let client = stage.client_over(ScriptedTransport::new(move |mut request, options| {
        let emulator = emulator.clone();
        async move {
            request.url = request.url.replace("page=2", "page=1");
            let mut response = emulator.send(request, &options).await?;
            response.headers.remove("total-number");
            Ok(response)
        }
    }));
    let failure = exported(&client).await.unwrap_err();
    assert_eq!(failure.message(), "the server lists the same users on the pages 1 and 2");
}
