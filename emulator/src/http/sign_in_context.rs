//! Data about the client of a sign-in. Proxies add some of it to the requests.

use super::request::Incoming;
use crate::record::Members;

/// The headers that a proxy adds, by the names of their members.
const INJECTED: [(&str, &str); 6] = [
    ("country", "x-logto-cf-country"),
    ("city", "x-logto-cf-city"),
    ("latitude", "x-logto-cf-latitude"),
    ("longitude", "x-logto-cf-longitude"),
    ("botScore", "x-logto-cf-bot-score"),
    ("botVerified", "x-logto-cf-bot-verified"),
];

/// Returns what proxies have added to a request.
pub(crate) fn injected(request: &Incoming) -> Members {
    let values = INJECTED.iter().filter_map(|(name, header)| Some((*name, request.headers.get(header)?)));
    values.map(|(name, value)| (name.to_owned(), value.into())).collect()
}

/// Returns the address of the client and, if it has one, its user agent.
pub(crate) fn client(request: &Incoming) -> Members {
    let members = [("ip", Some(request.ip())), ("userAgent", request.agent())];
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect()
}

/// Returns what proxies have added to a request, and the client.
pub(crate) fn of(request: &Incoming) -> Members {
    let mut context = injected(request);
    context.extend(client(request));
    context
}
