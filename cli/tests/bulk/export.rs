use logto_admin::Client;
use logto_admin::transport::HttpTransport;
use logto_admin_cli::failure::Result;
use logto_admin_cli::interrupt::Interrupt;
use logto_admin_cli::users::export::{With, export};
use logto_admin_cli::users::record::ImportedUser;
use logto_admin_cli::users::seen_ids::SeenIds;
use logto_admin_test_support::ScriptedTransport;

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
async fn a_full_page_of_more_users_than_the_server_counts_is_not_the_end() {
    let stage = Stage::new();
    let names: Vec<String> = (0..101).map(|number| format!("user{number}")).collect();
    stage.import(named(&names.iter().map(String::as_str).collect::<Vec<_>>())).await;
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
    for (total, counted) in [("0", "0 users"), ("1", "1 user"), ("99", "99 users")] {
        let failure = exported(&counting(total)).await.unwrap_err();
        assert_eq!(failure.message(), format!("the server counts {counted}, but lists more"));
    }
}
