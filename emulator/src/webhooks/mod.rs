//! Webhooks: which events a request triggers, and the deliveries. They go to the hooks that subscribe to the events.

mod delivery;
mod events;
mod trigger;

use logto_admin::serde_json::{Value, json};

use crate::collections::{APPLICATIONS, HOOKS};
use crate::record::{Members, Record};
use crate::state::State;
use crate::state::outbox::Delivery;

pub(crate) use delivery::{attempt, failure, log};
pub(crate) use trigger::Trigger;

/// Queues a delivery of an event for each hook that subscribes to it.
pub(crate) fn announce(state: &mut State, now: i64, event: &str, members: &Members) {
    if !state.outbox.enabled {
        return;
    }
    let hooks = state.store.all(&HOOKS).filter(|hook| subscribes(hook, event));
    let deliveries: Vec<Delivery> = hooks.map(|hook| delivery::to(hook, event, now, members)).collect();
    state.outbox.waiting.extend(deliveries);
}

/// Returns the member of events about an application. Built-in applications are not stored, and not shown.
pub(crate) fn about_application(state: &State, id: &str) -> Option<(String, Value)> {
    let application = state.store.get(&APPLICATIONS, id)?;
    Some(("application".to_owned(), application.part(&["id", "type", "name", "description"])))
}

/// Returns whether the emulator delivers an event to a hook.
fn is_wanted(state: &State, event: &str) -> bool {
    state.outbox.enabled && state.store.all(&HOOKS).any(|hook| subscribes(hook, event))
}

fn subscribes(hook: &Record, event: &str) -> bool {
    let events = hook.members.get("events").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    // Hooks of old releases have a single event.
    let subscribed =
        if events.is_empty() { hook.text("event") == event } else { events.iter().any(|known| known == event) };
    hook.is_true("enabled") && subscribed
}

/// Queues test deliveries of a hook, with made-up content.
pub(crate) fn test(state: &mut State, now: i64, hook: &Record, config: &Value, events: &[String]) {
    if !state.outbox.enabled {
        return;
    }
    let mut hook = hook.clone();
    hook.members.insert("config".to_owned(), config.clone());
    for event in events {
        let sample = if event.starts_with("Post") {
            json!({
                "interactionEvent": match event.as_str() {
                    "PostRegister" => "Register",
                    "PostResetPassword" => "ForgotPassword",
                    _ => "SignIn",
                },
                "sessionId": "fake-session-id",
                "userAgent": "fake-user-agent",
                "userId": "fake-id",
                "user": { "id": "fake-id", "username": "fake-user", "createdAt": now },
                "userIp": "fake-user-ip",
            })
        } else {
            json!({
                "ip": "fake-user-ip",
                "userAgent": "fake-user-agent",
                "path": format!("/fake-path/{event}"),
                "method": "POST",
                "status": 200,
                "params": {},
                "matchedRoute": format!("/fake-path/{event}"),
                "data": { "result": "success" },
            })
        };
        if let Value::Object(members) = sample {
            let delivery = delivery::to(&hook, event, now, &members);
            state.outbox.tests.push(delivery);
        }
    }
}
