//! Answers that do not come from Logto, or lack entities. What they do not list must not count as deleted.

use std::time::Duration;

use logto_admin::Client;
use logto_admin::transport::{HttpResponse, HttpTransport};
use logto_admin_cli::config::{self, Selection};
use logto_admin_emulator::Emulator;
use logto_admin_test_support::{FakeRuntime, ScriptedTransport};
use serde_json::{Value, json};

use crate::folder::{Folder, NOBODY, plan};
use crate::tenants::call;

/// Returns a client of the emulator that gets changed answers for a path.
fn behind(emulator: &Emulator, path: &'static str, change: fn(&mut HttpResponse)) -> Client {
    let (inner, endpoint) = (emulator.clone(), emulator.endpoint());
    let transport = ScriptedTransport::new(move |request, options| {
        let emulator = inner.clone();
        async move {
            let is_here = request.url.split('?').next().is_some_and(|url| url.ends_with(path));
            let mut answer = emulator.send(request, &options).await?;
            if is_here {
                change(&mut answer);
            }
            Ok(answer)
        }
    });
    Client::builder(endpoint)
        .client_credentials(emulator.app_id(), emulator.app_secret())
        .transport(transport)
        .runtime(FakeRuntime::skipping(Duration::from_secs(10)).spawning(|task| drop(tokio::spawn(task))))
        .build()
        .unwrap()
}

/// Returns the message of an export that fails, and checks that a plan fails, too.
async fn refused(path: &'static str, change: fn(&mut HttpResponse)) -> String {
    let emulator = Emulator::new();
    let client = emulator.client().unwrap();
    for name in ["editor", "reviewer"] {
        call(&client, "CreateRole", &[], json!({ "name": name, "description": name })).await;
    }
    let client = behind(&emulator, path, change);
    let folder = Folder::new();
    let error = config::export(&client, NOBODY, folder.path(), &Selection::all(), false).await.unwrap_err();
    assert_eq!(folder.names(), [] as [&str; 0]);
    let planned = plan(&client, &Folder::with(&[("roles.yaml", "[]\n")])).await;
    let message = |message: &str| message.split(" [request ").next().unwrap_or_default().to_owned();
    assert_eq!(message(planned.map(drop).unwrap_err().message()), message(error.message()));
    message(error.message())
}

#[tokio::test]
async fn answers_that_are_not_a_list_are_errors() {
    let message = refused("/api/roles", |answer| answer.body = json!({ "message": "maintenance" }).to_string().into());
    assert!(message.await.contains("something that is not a list"));
    let message = refused("/api/roles", |answer| answer.body = String::new().into()).await;
    assert!(message.starts_with("cannot read roles: "), "{message}");
}

#[tokio::test]
async fn answers_that_are_not_an_object_are_errors() {
    let message = refused("/api/sign-in-exp", |answer| answer.body = "null".to_owned().into()).await;
    assert!(message.contains("something that is not an object"), "{message}");
}

#[tokio::test]
async fn lists_with_fewer_entities_than_the_server_counts_are_errors() {
    let message = refused("/api/roles", |answer| {
        let mut roles: Vec<Value> = serde_json::from_slice(&answer.body.bytes()).unwrap();
        roles.pop();
        answer.body = Value::from(roles).to_string().into();
    });
    assert!(message.await.ends_with("items, but counts 3"));
}

#[tokio::test]
async fn a_404_without_a_code_of_logto_does_not_mean_that_there_is_nothing() {
    let message = refused("/api/captcha-provider", |answer| {
        answer.status = 404;
        answer.headers.set("content-type", "text/html");
        answer.body = "<html>".to_owned().into();
    });
    assert!(message.await.starts_with("cannot read captcha: "));
}
