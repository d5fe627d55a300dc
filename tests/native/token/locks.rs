//! Processes that wait for the token of another one. It might be slow, rejected or dead.

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

/// A deployment in which a process took the lock for this long and then died.
fn locked(seconds: u32) -> Deployment {
    let deployment = Deployment::new(hourly);
    assert!(deployment.runtime.run(deployment.store.try_lock(KEY, "dead process", seconds * SECOND)).unwrap());
    deployment
}

#[test]
fn processes_wait_for_the_lock_of_a_dead_process_to_expire() {
    let deployment = locked(15);
    assert_eq!(deployment.process().secret(), "token-1");
    let now = deployment.runtime.monotonic();
    assert!(now > 15 * SECOND && now < 18 * SECOND, "{now:?}");
}

#[test]
fn waiting_processes_try_less_and_less_often() {
    let deployment = locked(1);
    assert_eq!(deployment.process().secret(), "token-1");
    let tries = deployment.store.log().iter().filter(|call| **call == "lock").count();
    // That of the dead process, the first, after 20, 40, 80 and 160 ms, and then every 250 ms.
    assert_eq!(tries, 1 + 1 + 4 + 3);
}

#[test]
fn one_waiting_process_fetches_a_token_if_the_lock_never_expires() {
    let deployment = locked(u32::MAX);
    let tokens = deployment.tokens(&deployment.processes(20));
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().secret() == "token-1"), "{tokens:?}");
    assert_eq!(deployment.token_calls(), 1);
    assert!(deployment.runtime.monotonic() < 25 * SECOND);
}

#[test]
fn failed_renewals_release_the_lock() {
    let deployment = Deployment::new(|number| if number == 1 { down() } else { hourly(number) });
    deployment.process().token().unwrap_err();
    assert_eq!(deployment.store.log(), ["get", "lock", "get", "unlock"]);
    assert_eq!(deployment.process().secret(), "token-2");
}

#[test]
fn rate_limited_renewals_keep_the_lock_until_it_expires() {
    let deployment = Deployment::new(|number| if number == 1 { limited(1) } else { hourly(number) });
    deployment.process().token().unwrap_err();
    assert_eq!(deployment.process().secret(), "token-2");
    assert!(deployment.runtime.monotonic() > 15 * SECOND);
}

#[test]
fn the_time_for_which_a_process_keeps_the_lock_can_be_set() {
    let deployment = Deployment::new(|number| if number == 1 { limited(1) } else { hourly(number) });
    deployment.process_with(|builder| builder.token_lock(4 * SECOND)).token().unwrap_err();
    assert_eq!(deployment.process().secret(), "token-2");
    let now = deployment.runtime.monotonic();
    assert!(now > 4 * SECOND && now < 8 * SECOND, "{now:?}");
}

#[test]
fn processes_that_wait_for_a_rejected_process_do_not_all_make_token_calls() {
    let deployment = Deployment::new(limited);
    let tokens = deployment.tokens(&deployment.processes(20));
    let told: Vec<String> = tokens.into_iter().map(|token| token.unwrap_err().to_string()).collect();
    assert!(told.iter().any(|error| error.contains("another process has been requesting")), "{told:?}");
    assert!(deployment.token_calls() <= 5, "{} token calls", deployment.token_calls());
    assert!(deployment.runtime.monotonic() < 45 * SECOND, "no process should wait forever");
}

#[test]
fn valid_tokens_stay_in_use_while_all_renewals_are_rejected() {
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

/// The owner of the lock of a process that starts after this many seconds, with this random number.
fn owner(seconds: u32, random: f64) -> String {
    let deployment = Deployment::new(hourly);
    let process = deployment.process();
    deployment.runtime.advance(seconds * SECOND);
    deployment.runtime.set_random(random);
    process.secret();
    deployment.store.owners().remove(0)
}

#[test]
fn processes_do_not_release_the_locks_of_each_other() {
    assert_ne!(owner(0, 0.25), owner(0, 0.75), "processes that start together");
    assert_ne!(owner(0, 0.25), owner(1, 0.25), "renewals of one process");
}
