//! The state of the emulator.

pub(crate) mod activity;
pub(crate) mod clock;
mod filled_template;
pub(crate) mod jobs;
mod log_secrets;
pub(crate) mod logs;
mod message;
mod message_check;
mod message_limits;
mod message_template;
pub(crate) mod messages;
pub(crate) mod oidc;
pub(crate) mod outbox;
pub(crate) mod persistence;
pub(crate) mod progress;
pub(crate) mod recent_requests;
pub(crate) mod saml_session;
pub(crate) mod seed;
pub(crate) mod sentinel;
pub(crate) mod services;
pub(crate) mod sign_in_places;
mod verification_code;
pub(crate) mod verification_codes;
pub(crate) mod verification_records;

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use logto_admin::operation::Release;
use logto_admin::serde_json::Value;
use serde::{Deserialize, Serialize};

use crate::collections::{APPLICATION_SECRETS, APPLICATIONS, Collection, Key, MFA_VERIFICATIONS, built_in_application};
use crate::http::uploads::Upload;
use crate::ids::Ids;
use crate::record::{Fields, Members, Record};
use crate::settings::{Keys, Settings};
use crate::state::activity::Activity;
use crate::state::clock::Clock;
use crate::state::jobs::Jobs;
use crate::state::logs::{Entry, Logs};
use crate::state::message::Message;
use crate::state::message_limits::MessageLimits;
use crate::state::oidc::{Origin, Provider};
use crate::state::outbox::Outbox;
use crate::state::recent_requests::Requests;
use crate::state::saml_session::SamlSession;
use crate::state::sentinel::Sentinel;
use crate::state::services::Services;
use crate::state::sign_in_places::SignInPlaces;
use crate::state::verification_code::Code;
use crate::state::verification_records::Verifications;
use crate::store::Store;

/// All data that the emulator stores. It can be saved and restored.
#[derive(Serialize, Deserialize)]
pub(crate) struct State {
    pub store: Store,
    pub settings: Settings,
    /// The keys that sign tokens and cookies.
    pub keys: Keys,
    pub ids: Ids,
    pub clock: Clock,
    /// The release of Logto whose routes the emulator has.
    #[serde(skip, default = "newest")]
    pub release: Release,
    /// Issued tokens and keys of the `OpenID` Connect provider.
    pub oidc: Provider,
    /// Messages that the server would have sent, oldest first.
    pub messages: VecDeque<Message>,
    /// Messages that count for the limit of their recipient. Files of earlier releases lack them.
    #[serde(default)]
    pub message_limits: MessageLimits,
    /// Verification codes that have not been used yet.
    pub codes: Vec<Code>,
    /// Verification records of users.
    pub verifications: Verifications,
    #[serde(skip)]
    pub services: Services,
    /// Users that received tokens.
    pub activity: Activity,
    /// Uploaded files, by the path of their URL.
    pub assets: HashMap<String, Upload>,
    pub logs: Logs,
    /// Sign-ins that service providers have begun, by id.
    #[serde(default)]
    pub saml_sessions: HashMap<String, SamlSession>,
    /// Failed attempts to prove an identifier. Files of earlier releases have them in another form.
    #[serde(default, rename = "lockouts")]
    pub sentinel: Sentinel,
    /// The places from which users have signed in.
    #[serde(default, rename = "whereabouts")]
    pub sign_in_places: SignInPlaces,
    /// The requests that were handled last.
    #[serde(skip)]
    pub requests: Requests,
    #[serde(skip)]
    pub outbox: Outbox,
    #[serde(skip)]
    pub presets: Presets,
    #[serde(skip)]
    pub jobs: Jobs,
}

/// Values for the next entity, which are generated otherwise.
#[derive(Debug, Default)]
pub(crate) struct Presets {
    pub id: Option<String>,
    pub secret: Option<String>,
}

const fn newest() -> Release {
    Release::NEWEST
}

impl State {
    pub(crate) fn new(seed: u64, clock: Clock, release: Release) -> Self {
        let mut ids = Ids::new(seed);
        Self {
            store: Store::default(),
            settings: Settings::default(),
            keys: Keys::new(&mut ids, clock.now()),
            ids,
            clock,
            release,
            oidc: Provider::new(seed),
            messages: VecDeque::new(),
            message_limits: MessageLimits::default(),
            codes: Vec::new(),
            verifications: Verifications::default(),
            services: Services::default(),
            activity: Activity::default(),
            assets: HashMap::new(),
            logs: Logs::default(),
            saml_sessions: HashMap::new(),
            requests: Requests::default(),
            outbox: Outbox::default(),
            presets: Presets::default(),
            jobs: Jobs::default(),
            sentinel: Sentinel::default(),
            sign_in_places: SignInPlaces::default(),
        }
    }

    /// Creates an entity from the defaults of its collection, overridden by `given`. Does not store it.
    pub(crate) fn blank(&mut self, collection: &Collection, given: Members, now: i64) -> Record {
        let id = match collection.key {
            Key::Id(length) => self.presets.id.take().unwrap_or_else(|| self.ids.id(length)),
            // Lookups use the member. This id only identifies the entity in the store.
            Key::Member { .. } => self.ids.id(21),
        };
        let mut members = match (collection.blank)() {
            Value::Object(members) => members,
            _ => Members::new(),
        };
        if matches!(collection.key, Key::Id(_)) || members.contains_key("id") {
            members.insert("id".to_owned(), id.clone().into());
        }
        members.extend(collection.stamps.iter().map(|stamp| ((*stamp).to_owned(), now.into())));
        members.extend(given);
        let id = members.get("id").and_then(Value::as_str).map_or(id, str::to_owned);
        Record { id, members: members.into(), hidden: Fields::default() }
    }

    /// Returns the keys whose signatures are valid. The first one signs.
    pub(crate) fn signing_keys(&self) -> Vec<Origin> {
        let (mut keys, others): (Vec<_>, Vec<_>) =
            self.keys.private(self.clock.now()).partition(|(_, status)| *status == "Current");
        keys.extend(others);
        keys.into_iter().map(|(key, _)| Origin { id: key.id.clone(), is_rsa: key.is_rsa() }).collect()
    }

    /// Returns a stored or a built-in application.
    pub(crate) fn application(&self, id: &str) -> Option<Cow<'_, Record>> {
        let built_in = built_in_application(id).map(|built_in| Cow::Owned(built_in.record()));
        built_in.or_else(|| self.store.get(&APPLICATIONS, id).map(Cow::Borrowed))
    }

    /// Returns the second factors of a user.
    pub(crate) fn second_factors<'s>(&'s self, user: &'s str) -> impl Iterator<Item = &'s Record> {
        self.store.all(&MFA_VERIFICATIONS).filter(move |factor| factor.text("userId") == user)
    }

    /// Logs an entry.
    pub(crate) fn log(&mut self, now: i64, entry: Entry) {
        self.logs.add(&mut self.ids, now, entry);
    }

    /// Adds a secret to an application.
    pub(crate) fn add_secret(&mut self, application: &str, name: &str, value: &str, now: i64) {
        let given = [("applicationId", application), ("name", name), ("value", value)];
        let given = given.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let secret = self.blank(&APPLICATION_SECRETS, given, now);
        self.store.put(&APPLICATION_SECRETS, secret);
    }
}
