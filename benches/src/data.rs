//! The users that the server returns. They resemble the users of a tenant that has existed for some time.

use serde_json::{Value, json};

/// Number of users of the tenant.
pub const USERS: usize = 100_000;

const FIRST: [&str; 12] =
    ["Amélie", "Noah", "Sofía", "Liam", "Yuki", "Olga", "Mateusz", "Chidi", "Priya", "Jonas", "Leila", "Zoë"];
const LAST: [&str; 11] =
    ["Moreau", "Okafor", "García", "Nakamura", "Kowalski", "Ivanova", "Haddad", "Lindqvist", "Patel", "Weber", "Byrne"];
const CITIES: [&str; 5] = ["Lyon", "Lagos", "Valencia", "Osaka", "Gdańsk"];

/// Returns a page of the list as JSON. Page numbers start at 1.
#[must_use]
pub fn page(page: usize, size: usize) -> String {
    let first = page.saturating_sub(1).saturating_mul(size).min(USERS);
    let last = first.saturating_add(size).min(USERS);
    Value::from_iter((first..last).map(user)).to_string()
}

/// Returns a user. Every second user signs in with a social account, and every third has a full profile.
#[must_use]
pub fn user(number: usize) -> Value {
    let first = FIRST.iter().cycle().nth(number % FIRST.len()).unwrap_or(&"");
    let last = LAST.iter().cycle().nth(number % LAST.len()).unwrap_or(&"");
    let created = 1_688_169_600_000 + number as u64 * 613_000;
    json!({
        "id": id(number),
        "username": format!("user_{number:06}"),
        "primaryEmail": format!("user.{number}@example.com"),
        "primaryPhone": number.is_multiple_of(4).then(|| format!("1650253{:04}", number % 10_000)),
        "name": format!("{first} {last}"),
        "avatar": number.is_multiple_of(2).then(|| format!("https://avatars.example.com/u/{number}?v=4")),
        "customData": custom_data(number),
        "identities": identities(number),
        "lastSignInAt": (!number.is_multiple_of(5)).then_some(created + 86_400_000),
        "createdAt": created,
        "updatedAt": created + 3_600_000,
        "profile": profile(number, first, last),
        "applicationId": (!number.is_multiple_of(3)).then_some("spa8fkqz1v0x7yp2m4n6b"),
        "isSuspended": number.is_multiple_of(97),
        "hasPassword": number % 2 == 1,
    })
}

/// Returns a user id of twelve characters, as long as Logto's.
#[must_use]
pub fn id(number: usize) -> String {
    format!("u{:011x}", number as u64 * 2_654_435_761 % (1 << 44))
}

fn custom_data(number: usize) -> Value {
    if !number.is_multiple_of(2) {
        return json!({});
    }
    json!({ "plan": "team", "seats": number % 40, "preferences": { "theme": "dark", "newsletter": true, "tags": ["beta", "eu"] } })
}

fn identities(number: usize) -> Value {
    if !number.is_multiple_of(2) {
        return json!({});
    }
    let details = json!({ "id": number.to_string(), "email": format!("user.{number}@example.com"), "avatar": format!("https://avatars.example.com/u/{number}?v=4") });
    json!({ "github": { "userId": number.to_string(), "details": details } })
}

fn profile(number: usize, first: &str, last: &str) -> Value {
    if !number.is_multiple_of(3) {
        return json!({});
    }
    let city = CITIES.iter().cycle().nth(number % CITIES.len());
    json!({
        "familyName": last, "givenName": first, "website": format!("https://{number}.example.com"), "zoneinfo": "Europe/Paris", "locale": "en-GB",
        "address": { "formatted": format!("{} Main Street", number % 300), "locality": city, "country": "FR" },
    })
}
