//! Many calls at the same time.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use logto_admin::bulk::{Concurrency, Overload, Tasks};
use logto_admin::models::User;
use logto_admin::runtime::Runtime;
use logto_admin::{Result, RetryPolicy};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, builder, token_answer};

use crate::stage::{Stage, ok, refusal, status, user};

const SECOND: Duration = Duration::from_secs(1);

/// A server that answers for each user after a number of seconds, with the user or a failure.
fn server(users: &'static [(&'static str, u32, u16)]) -> Stage {
    let runtime = FakeRuntime::new();
    let transport = ScriptedTransport::new({
        let runtime = runtime.clone();
        move |request, options| {
            let clock = runtime.clone();
            async move {
                if options.token_call {
                    return Ok(token_answer("t", 3600));
                }
                let id = request.url.rsplit('/').next().unwrap_or_default();
                let (_, seconds, code) = users.iter().find(|(known, ..)| *known == id).unwrap();
                clock.sleep(*seconds * SECOND).await;
                Ok(match code {
                    200 => ok(&user(id)),
                    404 => refusal(404, "entity.not_exists_with_id"),
                    other => status(*other),
                })
            }
        }
    });
    let client = builder(&transport, &runtime).retry(RetryPolicy::NEVER).build().unwrap();
    Stage { client, transport, runtime }
}

const USERS: &[(&str, u32, u16)] = &[("a", 3, 200), ("b", 1, 404), ("c", 2, 503), ("d", 1, 200)];

fn ids(users: &[(&'static str, u32, u16)]) -> Vec<&'static str> {
    users.iter().map(|(id, ..)| *id).collect()
}

/// Reads users. Each result has the id, and the user's id or the status of the failure.
fn read<'a>(
    stage: &'a Stage,
    ids: Vec<&'static str>,
    tasks: usize,
) -> Tasks<'a, &'static str, (&'static str, Result<User>)> {
    let client = stage.client.clone();
    stage.client.for_each(stream::iter(ids), Concurrency::up_to(tasks), move |id| {
        let user = client.users().get(id);
        async move { (id, user.await) }
    })
}

fn told((id, user): (&str, Result<User>)) -> (String, Result<String, Option<u16>>) {
    (id.to_owned(), user.map(|user| user.id).map_err(|error| error.status()))
}

#[test]
fn results_come_as_the_tasks_end_and_carry_their_key() {
    let stage = server(USERS);
    let found: Vec<_> = stage.run(read(&stage, ids(USERS), 4).map(|result| result.0).collect());
    assert_eq!(found, ["b", "d", "c", "a"]);
    let found: HashMap<_, _> = stage.run(read(&stage, ids(USERS), 4).map(told).collect());
    assert_eq!((&found["a"], &found["b"]), (&Ok("a".to_owned()), &Err(Some(404))));
}

#[test]
fn results_in_order_keep_the_failures_in_their_place() {
    let stage = server(USERS);
    let found: Vec<_> = stage.run(read(&stage, ids(USERS), 4).in_order().map(|result| told(result).1).collect());
    assert_eq!(found, [Ok("a".to_owned()), Err(Some(404)), Err(Some(503)), Ok("d".to_owned())]);
}

#[test]
fn a_request_is_a_task() {
    let stage = server(USERS);
    let client = stage.client.clone();
    let get = move |id: &str| client.users().get(id);
    let found = stage.client.for_each(stream::iter(["a", "d"]), Concurrency::default(), get).in_order();
    let found: Vec<_> = stage.run(found.map(|user| user.unwrap().id).collect());
    assert_eq!(found, ["a", "d"]);
}

#[test]
fn results_that_wait_for_an_earlier_one_hold_back_further_tasks() {
    const SLOW: &[(&str, u32, u16)] =
        &[("slow", 60, 200), ("b", 1, 200), ("c", 1, 200), ("d", 1, 200), ("e", 1, 200), ("f", 1, 200)];
    let stage = server(SLOW);
    let mut found = read(&stage, ids(SLOW), 2).in_order();
    assert_eq!(stage.run(found.next()).unwrap().0, "slow");
    assert_eq!(stage.sends(), 3, "two results wait");
    let rest: Vec<_> = stage.run(found.map(|result| result.0).collect());
    assert_eq!(rest, ["b", "c", "d", "e", "f"]);
}

#[test]
fn an_overload_is_recognized_in_a_result_with_a_key() {
    let stage = server(USERS);
    let overloads: Vec<_> = stage.run(read(&stage, ids(USERS), 1).map(|result| result.is_overload()).collect());
    assert_eq!(overloads, [false, false, true, false]);
}
