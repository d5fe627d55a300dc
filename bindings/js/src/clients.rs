//! The clients, by number.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use logto_admin::token::Refresher;
use logto_admin::transport::TransportOptions;
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

/// Configures a client, with settings that the host has checked. Times are in milliseconds; a negative number stands for none, a missing one for what is usual.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments, reason = "an object would cost more glue than it explains")]
pub fn configure(
    client: u32,
    url: Option<String>,
    tenant: Option<String>,
    resource: Option<String>,
    scope: Option<String>,
    app_id: Option<String>,
    app_secret: Option<String>,
    own_tokens: bool,
    own_store: bool,
    timeout: Option<f64>,
    total_timeout: Option<f64>,
    retries: Option<u32>,
    limit: Option<u32>,
    limit_per: f64,
    max_response_bytes: Option<f64>,
    ambient_cookies: bool,
    isolates_requests: bool,
) {
    let mut endpoint = match (tenant, url) {
        (Some(tenant), Some(url)) => Endpoint::cloud(tenant).custom_domain(url),
        (Some(tenant), None) => Endpoint::cloud(tenant),
        (None, url) => Endpoint::self_hosted(url.unwrap_or_default()),
    };
    if let Some(resource) = resource {
        endpoint = endpoint.with_resource(resource);
    }
    let mut builder = Client::builder(endpoint).ambient_cookies(ambient_cookies);
    if own_tokens {
        builder = builder.token_source(HostTokens { client });
    } else if let (Some(app_id), Some(app_secret)) = (app_id, app_secret) {
        builder = builder.client_credentials(app_id, app_secret);
    }
    if own_store {
        builder = builder.token_store(HostStore { client });
    }
    if let Some(scope) = scope {
        builder = builder.scope(Some(scope.as_str()).filter(|scope| !scope.is_empty()));
    }
    if let Some(timeout) = timeout {
        builder = builder.timeout(duration(timeout));
    }
    if let Some(timeout) = total_timeout {
        builder = builder.total_timeout(duration(timeout));
    }
    if let Some(retries) = retries {
        builder = builder.retry(RetryPolicy::attempts(retries.saturating_add(1)));
    }
    if let Some(requests) = limit {
        let limit = duration(limit_per).filter(|_| requests > 0).map(|per| RateLimit::new(requests, per));
        builder = builder.rate_limit(limit);
    }
    let usual = TransportOptions::default().max_response_bytes;
    builder = builder.max_response_bytes(max_response_bytes.map_or(usual, |bytes| bytes as u64));
    let built = builder.build_on(Arc::new(HostTransport { client }), Arc::new(HostRuntime { isolates_requests }));
    CLIENTS.with_borrow_mut(|clients| {
        if let Some(slot) = clients.get_mut(client) {
            *slot = Some(built);
        }
    });
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

/// A time that JavaScript gives; a negative one is none.
pub(crate) fn duration(milliseconds: f64) -> Option<Duration> {
    (milliseconds >= 0.0).then_some(Duration::from_millis(milliseconds as u64))
}
