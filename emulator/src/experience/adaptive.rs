//! Adaptive second factors. A sign-in requires one if it differs from the earlier ones of the user.

use logto_admin::serde_json::{Value, json};

use super::guards;
use crate::call::Call;
use crate::collections::USERS;
use crate::dates::iso;
use crate::http::request::means_true;
use crate::http::sign_in_context;
use crate::record::{Members, Record, text};
use crate::state::progress::{Event, Progress};
use crate::state::sign_in_places::{KNOWN_DAYS, Places};

/// The speed that a traveller cannot exceed, in kilometres per hour.
const FASTEST: f64 = 900.0;
/// The number of days without a sign-in after which one is unusual.
const LONGEST_PAUSE: f64 = 30.0;
/// The score below which a client is taken for a bot.
const LOWEST_SCORE: f64 = 30.0;
/// Milliseconds.
const HOUR: f64 = 3_600_000.0;
/// Metres.
const EARTH_RADIUS: f64 = 6_378_137.0;

/// The place and the risk of a client, as far as proxies have added them.
#[derive(Debug, Default)]
pub(super) struct Client {
    country: Option<String>,
    city: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    bot_score: Option<f64>,
    is_bot: Option<bool>,
}

impl Client {
    pub(super) fn of(call: &Call<'_>) -> Self {
        let headers = sign_in_context::injected(call.request);
        let given = |name: &str| Some(text(&headers, name).trim()).filter(|value| !value.is_empty());
        let number = |name: &str| given(name)?.parse().ok().filter(|number: &f64| number.is_finite());
        let degrees = |name: &str, most: f64| number(name).filter(|degrees| degrees.abs() <= most);
        let country = given("country").map(str::to_uppercase);
        Self {
            country: country.filter(|name| name.len() == 2 && name.bytes().all(|letter| letter.is_ascii_uppercase())),
            city: given("city").map(str::to_owned),
            latitude: degrees("latitude", 90.0),
            longitude: degrees("longitude", 180.0),
            bot_score: number("botScore"),
            is_bot: given("botVerified").map(means_true),
        }
    }

    fn coordinates(&self) -> Option<[f64; 2]> {
        Some([self.latitude?, self.longitude?])
    }

    /// Returns the client as logs show it, if anything is known about it.
    pub(super) fn shown(&self) -> Option<Value> {
        let location = known(&[
            ("country", self.country.as_deref().map(Value::from)),
            ("city", self.city.as_deref().map(Value::from)),
            ("latitude", self.latitude.map(plain)),
            ("longitude", self.longitude.map(plain)),
        ]);
        let parts = [("location", location), ("ipRiskSignals", self.signals())];
        let parts = parts.map(|(name, members)| (name, Some(Value::from(members)).filter(|part| *part != json!({}))));
        Some(Value::from(known(&parts))).filter(|shown| *shown != json!({}))
    }

    fn signals(&self) -> Members {
        known(&[("botScore", self.bot_score.map(plain)), ("botVerified", self.is_bot.map(Value::from))])
    }
}

/// Returns the members that have a value.
fn known(members: &[(&str, Option<Value>)]) -> Members {
    members.iter().filter_map(|(name, value)| Some(((*name).to_owned(), value.clone()?))).collect()
}

/// An earlier sign-in, and the one that is assessed.
struct Change<'c> {
    client: &'c Client,
    places: Places,
    /// Milliseconds since the epoch.
    last: i64,
    now: i64,
}

/// Returns the rules that a sign-in of the user triggers. `None` if factors are not adaptive.
pub(super) fn assess(call: &Call<'_>, user: &Record) -> Option<Vec<Value>> {
    if !guards::is_on(&guards::experience(call.state), "adaptiveMfa") {
        return None;
    }
    let client = Client::of(call);
    let last = user.members.get("lastSignInAt").and_then(Value::as_i64);
    let change = last.map(|last| Change {
        client: &client,
        places: call.state.sign_in_places.of(&user.id, call.now),
        last,
        now: call.now,
    });
    let rules = change.iter().flat_map(|change| [new_country(change), speed(change), pause(change)]);
    Some(rules.chain([untrusted(&client)]).flatten().collect())
}

/// Returns the assessment as webhooks and logs show it.
pub(super) fn shown(rules: &[Value]) -> Value {
    json!({ "requiresMfa": !rules.is_empty(), "triggeredRules": rules })
}

/// Returns what the log of a submission has about the client.
pub(super) fn logged(call: &Call<'_>, progress: &Progress) -> Members {
    if progress.event != Event::SignIn || progress.needs_no_factor() {
        return Members::new();
    }
    let user = progress.user.as_ref().and_then(|id| call.state.store.get(&USERS, id));
    let Some(rules) = user.and_then(|user| assess(call, user)) else { return Members::new() };
    known(&[("adaptiveMfaContext", Client::of(call).shown()), ("adaptiveMfaResult", Some(shown(&rules)))])
}

/// Remembers the place of a sign-in.
pub(super) fn remember(call: &mut Call<'_>, user: &str) {
    let client = Client::of(call);
    if client.coordinates().is_some() || client.country.is_some() {
        call.state.sign_in_places.record(user, call.now, client.coordinates(), client.country.as_deref());
    }
}

fn rule(name: &str, details: &Value) -> Value {
    json!({ "rule": name, "details": details })
}

fn new_country(change: &Change<'_>) -> Option<Value> {
    let (country, known) = (change.client.country.as_ref()?, &change.places.countries);
    if known.is_empty() || known.iter().any(|(known, _)| known == country) {
        return None;
    }
    let recent: Vec<Value> = known.iter().map(Places::shown).collect();
    let details = json!({ "currentCountry": country, "windowDays": KNOWN_DAYS, "recentCountries": recent });
    Some(rule("new_country", &details))
}

fn speed(change: &Change<'_>) -> Option<Value> {
    let distance = distance(change.client.coordinates()?, change.places.coordinates?) / 1000.0;
    let hours = (change.now - change.last) as f64 / HOUR;
    let speed = distance / hours;
    if hours <= 0.0 || speed <= FASTEST {
        return None;
    }
    let previous = change.places.countries.first().map(Places::shown);
    let details = json!({
        "previous": known(&[("country", previous), ("at", Some(iso(change.last).into()))]),
        "current": known(&[
            ("country", change.client.country.as_deref().map(Value::from)),
            ("city", change.client.city.as_deref().map(Value::from)),
            ("at", Some(iso(change.now).into())),
        ]),
        "distanceKm": rounded(distance),
        "durationHours": rounded(hours),
        "speedKmh": rounded(speed),
        "thresholdKmh": FASTEST as u32,
    });
    Some(rule("geo_velocity", &details))
}

fn pause(change: &Change<'_>) -> Option<Value> {
    let days = (change.now - change.last) as f64 / HOUR / 24.0;
    let details = json!({
        "lastSignInAt": iso(change.last),
        "inactivityDays": rounded(days),
        "thresholdDays": LONGEST_PAUSE as u32,
    });
    (days > LONGEST_PAUSE).then(|| rule("long_inactivity", &details))
}

fn untrusted(client: &Client) -> Option<Value> {
    let low = client.bot_score.is_some_and(|score| score < LOWEST_SCORE);
    let matched = [(low, format!("botScore<{LOWEST_SCORE}")), (client.is_bot == Some(true), "botVerified".to_owned())];
    let matched: Vec<String> = matched.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect();
    let details = json!({ "signals": client.signals(), "matchedSignals": matched });
    (!matched.is_empty()).then(|| rule("untrusted_ip", &details))
}

/// Returns the length of the great circle between two places, in metres.
fn distance([from_latitude, from_longitude]: [f64; 2], [to_latitude, to_longitude]: [f64; 2]) -> f64 {
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let along = from_latitude.to_radians().cos() * to_latitude.to_radians().cos();
    let chord = half(from_latitude, to_latitude) + along * half(from_longitude, to_longitude);
    2.0 * EARTH_RADIUS * chord.sqrt().asin()
}

/// Returns a number with two decimal places.
fn rounded(number: f64) -> Value {
    plain((number * 100.0).round() / 100.0)
}

/// Returns a number as JavaScript writes it: a whole one has no point.
fn plain(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 { (number as i64).into() } else { number.into() }
}
