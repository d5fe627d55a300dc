//! The clients, by number.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use logto_admin::binding::Configuration;
use logto_admin::token::{ClientCredentials, Refresher, TokenSource};
use logto_admin::{Client, Endpoint, RateLimit, RetryPolicy};
use wasm_bindgen::prelude::*;

use crate::platform::{HostRuntime, HostStore, HostTokens, HostTransport};
use crate::slab::Slab;
use crate::tasks;

thread_local! {
    static CLIENTS: RefCell<Slab<Option<Client>>> = const { RefCell::new(Slab::new()) };
    static REFRESHERS: RefCell<Vec<(u32, Refresher)>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn get(client: u32) -> Option<Client> {
    CLIENTS.with_borrow_mut(|clients| clients.get_mut(client)?.clone())
}

/// Takes the number of the client that is configured next.
#[wasm_bindgen]
pub fn reserve() -> u32 {
    CLIENTS.with_borrow_mut(|clients| clients.insert(None))
}

/// Forgets a client.
#[wasm_bindgen]
pub fn release(client: u32) {
    let_age(client);
    let client = CLIENTS.with_borrow_mut(|clients| clients.remove(client));
    drop(client);
}

/// Configures a client, with settings that the host has checked. Times are in milliseconds; a negative number stands for
/// none, NaN for what is usual, and so does an empty text.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments, reason = "an object would cost more glue than it explains")]
pub fn configure(
    client: u32,
    url: String,
    resource: String,
    scope: String,
    app_id: String,
    app_secret: String,
    own_tokens: bool,
    own_store: bool,
    timeout: f64,
    total_timeout: f64,
    retries: f64,
    limit: u32,
    limit_per: f64,
    ambient_cookies: bool,
    isolates_requests: bool,
) {
    let with = Configuration {
        endpoint: Endpoint::exactly(url, resource),
        source: source(client, own_tokens, app_id, app_secret),
        store: if own_store { Some(Arc::new(HostStore { client })) } else { None },
        scope: Some(scope).filter(|scope| !scope.is_empty()),
        timeout: duration(timeout),
        total_timeout: duration(total_timeout),
        retry: retry(retries).unwrap_or_default(),
        limit: duration(limit_per).map(|per| RateLimit::new(limit, per)),
        ambient_cookies,
    };
    let (transport, runtime) = (Arc::new(HostTransport { client }), Arc::new(HostRuntime { isolates_requests }));
    let configured = Client::configured(with, transport, runtime);
    CLIENTS.with_borrow_mut(|clients| {
        if let Some(slot) = clients.get_mut(client) {
            *slot = Some(configured);
        }
    });
}

fn source(client: u32, own: bool, app_id: String, app_secret: String) -> Option<Box<dyn TokenSource>> {
    match (own, app_id.is_empty()) {
        (true, _) => Some(Box::new(HostTokens { client })),
        (false, false) => Some(Box::new(ClientCredentials::new(app_id, app_secret))),
        (false, true) => None,
    }
}

/// Keeps the client's token fresh until it is told otherwise; every so many milliseconds too, if that is above 0.
/// Where that cannot be, nothing happens: the host has said so before.
#[wasm_bindgen]
pub fn keep_fresh(client: u32, interval: f64) {
    let Some(this) = get(client) else { return };
    let every = duration(interval).filter(|every| !every.is_zero());
    let started = every.map_or_else(|| this.keep_fresh(), |every| this.keep_fresh_every(every));
    if let Ok(refresher) = started {
        REFRESHERS.with_borrow_mut(|refreshers| refreshers.push((client, refresher)));
    }
    tasks::run();
}

/// Lets the client's token age again.
#[wasm_bindgen]
pub fn let_age(client: u32) {
    REFRESHERS.with_borrow_mut(|refreshers| refreshers.retain(|(of, _)| *of != client));
    tasks::run();
}

/// A time that JavaScript gives; a negative one is none, and so is NaN.
pub(crate) fn duration(milliseconds: f64) -> Option<Duration> {
    (milliseconds >= 0.0).then_some(Duration::from_millis(milliseconds as u64))
}

/// How often a request is sent again at most; NaN if nothing is said.
pub(crate) fn retry(retries: f64) -> Option<RetryPolicy> {
    (retries >= 0.0).then(|| RetryPolicy::attempts((retries as u32).saturating_add(1)))
}
