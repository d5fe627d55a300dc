//! Processes that wait for the token of another, which may be slow, refused or dead.

use logto_admin::runtime::Runtime;
use logto_admin::token::TokenStore;
use logto_admin::transport::HttpResponse;

use crate::deployment::Deployment;
use crate::stage::{HOUR, SECOND, down, hourly};

const KEY: &str = "logto-admin:token:http%3A%2F%2F127.0.0.1%3A9:app-id:https%3A%2F%2Fdefault.logto.app%2Fapi:all";

fn limited(number: usize) -> HttpResponse {
    let _ = number;
    HttpResponse::json(429, r#"{"code":"request.rate_limited","message":"Too many requests."}"#)
}

/// A deployment in which someone took the lock, for as long as this, and is seen no more.
fn locked(seconds: u32) -> Deployment {
    let deployment = Deployment::new(hourly);
    assert!(deployment.runtime.run(deployment.store.try_lock(KEY, "the dead", seconds * SECOND)).unwrap());
    deployment
}

#[test]
fn a_process_that_died_with_the_lock_keeps_the_others_waiting_until_it_ends() {
    let deployment = locked(15);
    assert_eq!(deployment.process().secret(), "token-1");
    let now = deployment.runtime.monotonic();
    assert!(now > 15 * SECOND && now < 18 * SECOND, "{now:?}");
}

#[test]
fn of_those_who_wait_for_a_lock_that_never_ends_one_asks_for_a_token_after_a_while() {
    let deployment = locked(u32::MAX);
    let tokens = deployment.tokens(&deployment.processes(20));
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().secret() == "token-1"), "{tokens:?}");
    assert_eq!(deployment.token_calls(), 1);
    assert!(deployment.runtime.monotonic() < 25 * SECOND);
}

#[test]
fn a_failed_renewal_gives_the_lock_back() {
    let deployment = Deployment::new(|number| if number == 1 { down() } else { hourly(number) });
    deployment.process().token().unwrap_err();
    assert_eq!(deployment.store.log(), ["get", "lock", "get", "unlock"]);
    assert_eq!(deployment.process().secret(), "token-2");
}

#[test]
fn too_many_requests_keep_the_others_from_asking_until_the_lock_ends() {
    let deployment = Deployment::new(|number| if number == 1 { limited(1) } else { hourly(number) });
    deployment.process().token().unwrap_err();
    assert_eq!(deployment.process().secret(), "token-2");
    assert!(deployment.runtime.monotonic() > 15 * SECOND);
}

#[test]
fn processes_that_wait_for_one_that_is_refused_do_not_all_ask() {
    let deployment = Deployment::new(limited);
    let tokens = deployment.tokens(&deployment.processes(20));
    let told: Vec<String> = tokens.into_iter().map(|token| token.unwrap_err().to_string()).collect();
    assert!(told.iter().any(|error| error.contains("another process is asking")), "{told:?}");
    assert!(deployment.token_calls() <= 5, "{} token calls", deployment.token_calls());
    assert!(deployment.runtime.monotonic() < 45 * SECOND, "nobody waits without end");
}

#[test]
fn a_token_that_lives_goes_on_being_used_while_the_renewal_of_all_is_refused() {
    let deployment = Deployment::new(|number| if number == 1 { hourly(1) } else { limited(number) });
    let processes = deployment.processes(20);
    deployment.tokens(&processes);
    deployment.runtime.advance(HOUR - 58 * SECOND);
    for _ in 0..50 {
        for process in &processes {
            process.call().unwrap();
        }
        deployment.runtime.run(deployment.runtime.sleep(SECOND));
    }
    assert!(processes[0].sent_tokens().iter().all(|token| token == "token-1"));
    assert!(deployment.token_calls() <= 1 + 6, "{} token calls", deployment.token_calls());
}
