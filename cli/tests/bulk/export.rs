use logto_admin::transport::HttpTransport;
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
