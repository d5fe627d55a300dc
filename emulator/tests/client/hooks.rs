use logto_admin::Result;
use logto_admin::models::{CreateHook, HookConfig, HookEvent, TestHook, UpdateHook};

use crate::{client, refused};

fn hook() -> CreateHook {
    CreateHook { events: Some(vec![HookEvent::UserCreated]), ..CreateHook::new(config()) }
}

fn config() -> HookConfig {
    HookConfig::new("https://example.com/webhooks")
}

#[tokio::test]
async fn webhooks_are_stored() -> Result<()> {
    let client = client();
    let first = client.hooks().create(hook()).await?;
    assert_eq!((first.name.as_str(), first.enabled, first.signing_key.len()), ("", true, 32));
    assert_eq!(client.hooks().get(&first.id).await?.events, [HookEvent::UserCreated]);

    let change = UpdateHook { name: Some("all users".into()), enabled: Some(false), ..Default::default() };
    let changed = client.hooks().update(&first.id, change).await?;
    assert_eq!(
        (changed.name.as_str(), changed.enabled, &changed.signing_key),
        ("all users", false, &first.signing_key)
    );

    let second = client.hooks().create(hook()).await?;
    let ids = client.hooks().list().await?.into_iter().map(|hook| hook.id);
    assert_eq!(ids.collect::<Vec<_>>(), [second.id.clone(), first.id.clone()], "newest first");
    client.hooks().delete(&first.id).await?;
    assert_eq!(client.hooks().list().page_size(1).await?.total, Some(1));
    Ok(())
}

#[tokio::test]
async fn a_new_signing_key_replaces_the_old_one() -> Result<()> {
    let client = client();
    let created = client.hooks().create(hook()).await?;
    let rotated = client.hooks().rotate_signing_key(&created.id).await?;
    assert_ne!(rotated.signing_key, created.signing_key);
    assert_eq!(client.hooks().get(&created.id).await?.signing_key, rotated.signing_key);
    Ok(())
}

#[tokio::test]
async fn a_webhook_requires_events() {
    let without = client().hooks().create(CreateHook::new(config())).await;
    assert_eq!(refused(without), (400, "hook.missing_events".into()));
    let empty = client().hooks().create(CreateHook { events: Some(Vec::new()), ..CreateHook::new(config()) }).await;
    assert_eq!(refused(empty), (400, "guard.invalid_input".into()));
    let single = CreateHook { event: Some(HookEvent::PostSignIn), ..CreateHook::new(config()) };
    assert!(client().hooks().create(single).await.is_ok(), "the older format");
}

#[tokio::test]
async fn unknown_webhooks_are_not_found() -> Result<()> {
    let client = client();
    let named = (404, "entity.not_exists_with_id".to_owned());
    let missing = (404, "entity.not_exists".to_owned());
    assert_eq!(refused(client.hooks().get("nope").await), named);
    assert_eq!(
        refused(client.hooks().test("nope", TestHook::new(vec![HookEvent::UserCreated], config())).await),
        named
    );
    assert_eq!(
        refused(client.hooks().update("nope", UpdateHook { enabled: Some(true), ..Default::default() }).await),
        missing
    );
    assert_eq!(refused(client.hooks().rotate_signing_key("nope").await), missing);
    assert_eq!(refused(client.hooks().delete("nope").await), (404, "entity.not_found".into()));
    Ok(())
}

#[tokio::test]
async fn without_a_transport_webhooks_have_no_executions() -> Result<()> {
    let client = client();
    let created = client.hooks().create(hook()).await?;
    let shown = client.hooks().get(&created.id).include_execution_stats(true).await?;
    assert_eq!(shown.execution_stats.map(|stats| (stats.success_count, stats.request_count)), Some((0, 0)));
    assert_eq!(client.hooks().get(&created.id).await?.execution_stats, None);
    assert_eq!(client.hooks().list_recent_logs(&created.id).await?.total, Some(0));
    client.hooks().test(&created.id, TestHook::new(vec![HookEvent::UserCreated], config())).await?;
    Ok(())
}

#[tokio::test]
async fn a_webhook_has_at_most_three_retries() -> Result<()> {
    let client = client();
    let with = |retries| CreateHook { config: HookConfig { retries: Some(retries), ..config() }, ..hook() };
    assert_eq!(refused(client.hooks().create(with(4)).await), (400, "guard.invalid_input".into()));
    client.hooks().create(with(3)).await?;
    Ok(())
}

#[tokio::test]
async fn events_of_a_webhook_are_kept_once() -> Result<()> {
    let client = client();
    let events = vec![HookEvent::UserCreated, HookEvent::UserDeleted, HookEvent::UserCreated];
    let created = client.hooks().create(CreateHook { events: Some(events.clone()), ..hook() }).await?;
    assert_eq!(created.events, events[..2]);
    let change = UpdateHook { events: Some(events.clone()), ..Default::default() };
    assert_eq!(client.hooks().update(&created.id, change).await?.events, events[..2]);
    let nothing = client.hooks().test(&created.id, TestHook::new(Vec::new(), config())).await;
    assert_eq!(refused(nothing), (400, "guard.invalid_input".into()));
    Ok(())
}

#[tokio::test]
async fn an_empty_change_is_refused_before_the_webhook_is_found() {
    let changed = client().hooks().update("nope", UpdateHook::default()).await;
    assert_eq!(refused(changed), (422, "entity.invalid_input".into()));
}

#[tokio::test]
async fn any_value_adds_the_numbers_of_deliveries_to_a_webhook() -> Result<()> {
    let client = client();
    let id = client.hooks().create(hook()).await?.id;
    let with_false = async |operation: &str, path: &[(&str, &str)]| {
        let mut request = client.operation(operation)?.query("includeExecutionStats", "false");
        for (name, value) in path {
            request = request.path(name, value);
        }
        request.await
    };
    assert_eq!(with_false("GetHook", &[("id", &id)]).await?["executionStats"]["requestCount"], 0);
    assert_eq!(with_false("ListHooks", &[]).await?[0].get("executionStats"), None);
    Ok(())
}
