//! The places from which users have signed in.

use std::collections::HashMap;

use logto_admin::serde_json::{Value, json};
use serde::{Deserialize, Serialize};

/// The number of days after which a country is forgotten.
pub(crate) const KNOWN_DAYS: u32 = 180;
/// Milliseconds.
const MEMORY: i64 = KNOWN_DAYS as i64 * 86_400_000;

/// The places of all users.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct SignInPlaces(HashMap<String, Places>);

/// The places of a user.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Places {
    /// Latitude and longitude of the last sign-in that had them, in degrees.
    pub coordinates: Option<[f64; 2]>,
    /// Countries with the times of the last sign-ins from there, newest first.
    pub countries: Vec<(String, i64)>,
}

impl Places {
    /// Returns a country as webhooks and logs show it.
    pub(crate) fn shown((country, at): &(String, i64)) -> Value {
        json!({ "country": country, "lastSignInAt": at })
    }
}

impl SignInPlaces {
    /// Returns the places of a user, without countries of long ago.
    pub(crate) fn of(&self, user: &str, now: i64) -> Places {
        let mut places = self.0.get(user).cloned().unwrap_or_default();
        places.countries.retain(|(_, at)| *at >= now.saturating_sub(MEMORY));
        places
    }

    /// Records the place of a sign-in.
    pub(crate) fn record(&mut self, user: &str, now: i64, coordinates: Option<[f64; 2]>, country: Option<&str>) {
        let mut places = self.of(user, now);
        places.coordinates = coordinates.or(places.coordinates);
        if let Some(country) = country {
            places.countries.retain(|(known, _)| known != country);
            places.countries.insert(0, (country.to_owned(), now));
        }
        self.0.insert(user.to_owned(), places);
    }
}
