//! Data that a social or enterprise provider adds to a user. These are identities, tokens, and parts of the profile.

use logto_admin::serde_json::{Value, json};

use super::organizations::{self, ENTERPRISE};
use super::people;
use crate::call::Call;
use crate::collections::{CONNECTORS, ORGANIZATIONS, SSO_CONNECTORS, USER_SSO_IDENTITIES};
use crate::errors::{Outcome, Refusal};
use crate::operations::collection_operations::keep;
use crate::operations::identities::{check_free, identity_of};
use crate::providers::social;
use crate::providers::token_sets::{self, Of};
use crate::record::{Members, Record, text};
use crate::state::State;
use crate::state::progress::{Identifier, Progress};

/// Data that a provider adds to a user.
#[derive(Clone, Debug, Default)]
pub(super) struct Provided {
    /// Members of the interaction's profile.
    pub members: Members,
    /// The response of the provider's token endpoint.
    pub tokens: Option<Members>,
}

impl Provided {
    /// Adds the name and the picture of a provider's profile.
    pub(super) fn describe(&mut self, profile: &Members) {
        let known =
            ["name", "avatar"].into_iter().filter_map(|name| Some((name.to_owned(), profile.get(name)?.clone())));
        self.members.extend(known);
    }

    /// Adds the addresses of a provider's profile that no user has yet.
    pub(super) fn add_addresses(&mut self, state: &State, profile: &Members) {
        for kind in ["email", "phone"] {
            let identifier = Identifier { kind: kind.to_owned(), value: text(profile, kind).to_owned() };
            if people::find(state, &identifier).is_none() {
                self.add_address(&identifier);
            }
        }
    }

    /// Adds an address, unless it is empty.
    pub(super) fn add_address(&mut self, identifier: &Identifier) {
        if !identifier.value.is_empty() {
            self.members.insert(identifier.member().to_owned(), identifier.value.clone().into());
        }
    }

    /// Adds everything to an interaction, for the submission.
    pub(super) fn add_to(self, progress: &mut Progress) {
        progress.profile.extend(self.members);
        if self.tokens.is_some() {
            progress.tokens = self.tokens;
        }
    }
}

/// The members of an interaction's profile that are not members of a user.
pub(super) const SOCIAL: &str = "socialIdentity";
pub(super) const SYNCED: &str = "syncedEnterpriseSsoIdentity";

/// Whether a member of an interaction's profile describes an identity.
pub(super) fn is_identity(member: &str) -> bool {
    [SOCIAL, ENTERPRISE, SYNCED].contains(&member)
}

/// Rejects identities that belong to a user.
pub(super) fn refuse_taken(state: &State, profile: &Members) -> Outcome<()> {
    if let Some(social) = profile.get(SOCIAL).and_then(Value::as_object) {
        check_free(state, text(social, "target"), social_id(social), "")?;
    }
    if profile.get(ENTERPRISE).and_then(Value::as_object).is_some_and(|enterprise| find(state, enterprise).is_some()) {
        return Err(Refusal::usual(422, "user.identity_already_in_use"));
    }
    Ok(())
}

fn social_id(social: &Members) -> &str {
    social.get("userInfo").and_then(|info| info.get("id")?.as_str()).unwrap_or_default()
}

/// Returns the stored identity at an issuer.
pub(super) fn find<'s>(state: &'s State, identity: &Members) -> Option<&'s Record> {
    let same = |name: &str, known: &Record| known.text(name) == text(identity, name);
    state.store.all(&USER_SSO_IDENTITIES).find(|known| same("issuer", known) && same("identityId", known))
}

/// Adds the social identity to a user that is not stored yet.
pub(super) fn apply(profile: &Members, user: &mut Record) {
    let Some(social) = profile.get(SOCIAL).and_then(Value::as_object) else { return };
    let identity = json!({ "userId": social_id(social), "details": social.get("userInfo") });
    if !user.members.contains_key("identities") {
        user.members.insert("identities".to_owned(), json!({}));
    }
    if let Some(identities) = user.members.get_mut("identities").and_then(Value::as_object_mut) {
        identities.insert(text(social, "target").to_owned(), identity);
    }
}

/// Stores the enterprise identity and the tokens of a stored user.
pub(super) fn store(call: &mut Call<'_>, progress: &Progress, user: &Record) -> Outcome<()> {
    let profile = &progress.profile;
    let object = |name: &str| profile.get(name).and_then(Value::as_object);
    if let Some(identity) = object(ENTERPRISE).or(object(SYNCED)) {
        let connector = store_enterprise(call, progress, identity, &user.id)?;
        store_enterprise_tokens(call, progress, identity, &connector, &user.id);
    }
    let Some(tokens) = &progress.tokens else { return Ok(()) };
    let connector = progress.social_connector().and_then(|id| call.state.store.get(&CONNECTORS, id));
    let Some(connector) = connector.cloned() else { return Ok(()) };
    if let Some(identity) = identity_of(user, connector.text("target")) {
        social::store_tokens(call.state, call.now, &user.id, &connector, identity, tokens);
    }
    Ok(())
}

/// Stores an identity. Adds a new owner to the organizations that provision users of the connector.
fn store_enterprise(call: &mut Call<'_>, progress: &Progress, identity: &Members, user: &str) -> Outcome<String> {
    if let Some(mut known) = find(call.state, identity).cloned() {
        known.members.extend(identity.get("detail").map(|detail| ("detail".to_owned(), detail.clone())));
        keep(call, &USER_SSO_IDENTITIES, &mut known);
        return Ok(known.text("ssoConnectorId").to_owned());
    }
    let mut given = identity.clone();
    given.insert("userId".to_owned(), user.into());
    let record = call.state.blank(&USER_SSO_IDENTITIES, given, call.now);
    let connector = record.text("ssoConnectorId").to_owned();
    call.state.store.put(&USER_SSO_IDENTITIES, record);
    let conditions = [(SSO_CONNECTORS.name, connector.as_str())];
    let wanting = call.state.store.links.ids("organization_jit_sso_connectors", ORGANIZATIONS.name, &conditions);
    let wanting: Vec<String> = wanting.map(str::to_owned).collect();
    wanting.iter().try_for_each(|organization| organizations::join(call, progress, user, organization))?;
    Ok(connector)
}

fn store_enterprise_tokens(call: &mut Call<'_>, progress: &Progress, identity: &Members, connector: &str, user: &str) {
    let stores =
        call.state.store.get(&SSO_CONNECTORS, connector).is_some_and(|known| known.is_true("enableTokenStorage"));
    let Some(tokens) = progress.tokens.as_ref().filter(|_| stores) else { return };
    let described = [
        ("ssoConnectorId", connector),
        ("issuer", text(identity, "issuer")),
        ("identityId", text(identity, "identityId")),
    ];
    let described = described.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    token_sets::store(call.state, call.now, user, Of::Enterprise(connector), described, tokens);
}
