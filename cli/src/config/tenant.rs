//! The configuration of a tenant, as far as a selection needs it.

use std::collections::{BTreeSet, HashMap};
use std::ops::RangeInclusive;

use futures_util::{StreamExt, TryStreamExt, stream};
use logto_admin::Client;
use logto_admin::operation::Release;
use serde_json::Value;

use super::call::read;
use super::entity_members::{Members, canonical, known_part};
use super::key::Key;
use super::kinds::{
    ALL, APPLICATIONS, Address, CALLS_MANAGEMENT_API, CUSTOM_PHRASES, Kind, Links, Part, ROLES, Read,
    SIGN_IN_EXPERIENCE, Standing,
};
use super::links;
use super::own_access::{OwnAccess, management_scopes, names};
use super::selection::Selection;
use crate::failure::{Failure, Result};

/// Number of entities that are read concurrently.
const CONCURRENT: usize = 4;

/// The standing of an entity that no file can refer to.
const NAMELESS: Standing = Standing::Foreign("it has no name");

/// An entity of the tenant.
#[derive(Clone)]
pub(super) struct Found {
    pub kind: &'static Kind,
    pub key: Key,
    /// The id that paths contain.
    pub id: String,
    /// The members as the server sends them, with links by name.
    pub raw: Members,
    pub standing: Standing,
    /// The members below `config` that the server calls confidential.
    pub confidential: Vec<String>,
}

impl Found {
    /// Returns the members that files contain.
    pub(super) fn known(&self) -> Members {
        known_part(self.kind.members, &self.raw)
    }

    pub(super) fn canonical(&self) -> Members {
        canonical(self.kind.members, &self.known())
    }
}

/// The configuration of a tenant.
pub(super) struct Tenant {
    release: RangeInclusive<Release>,
    own: OwnAccess,
    found: HashMap<&'static str, Vec<Found>>,
}

impl Tenant {
    /// Reads the selected kinds and those that they refer to. `own` is the id of the application that runs the command.
    pub(super) async fn read(client: &Client, own: &str, selection: &Selection) -> Result<Self> {
        let release = client
            .server_release()
            .await
            .map_err(|error| Failure::from(error).context("cannot find out the release of the server"))?;
        let mut tenant = Self { release, own: OwnAccess::default(), found: HashMap::new() };
        let needed = needed(selection);
        if needed.contains(ROLES.noun) {
            tenant.own = OwnAccess::read(client, own).await.map_err(|error| {
                Failure::from(error).context("cannot read the roles of the application that runs this command")
            })?;
        }
        for kind in ALL.into_iter().filter(|kind| needed.contains(kind.noun)) {
            if tenant.has(kind) {
                let found = tenant.read_kind(client, kind).await;
                let found =
                    found.map_err(|error| Failure::from(error).context(format!("cannot read {}", kind.file)))?;
                tenant.found.insert(kind.noun, found);
            }
        }
        Ok(tenant)
    }

    /// Whether the server has the kind.
    pub(super) fn has(&self, kind: &Kind) -> bool {
        kind.is_in(*self.release.end())
    }

    /// Whether the server might have what a release introduced.
    pub(super) fn might_have(&self, minor: u16) -> bool {
        Release::new(minor) <= *self.release.end()
    }

    /// Returns the release of the server, for messages.
    pub(super) fn release(&self) -> String {
        match (self.release.start(), self.release.end()) {
            (start, end) if start == end => format!("Logto {end}"),
            (start, end) => format!("Logto {start} to {end}"),
        }
    }

    /// Returns the entities of a kind.
    pub(super) fn all(&self, kind: &Kind) -> &[Found] {
        self.found.get(kind.noun).map_or(&[], Vec::as_slice)
    }

    /// Returns the entities with this key. Names are not always unique.
    pub(super) fn with_key(&self, kind: &Kind, key: &Key) -> Vec<&Found> {
        self.all(kind).iter().filter(|found| found.key == *key).collect()
    }

    async fn read_kind(&self, client: &Client, kind: &'static Kind) -> logto_admin::Result<Vec<Found>> {
        let mut found = Vec::new();
        match kind.owner.map(|owner| self.all((owner.kind)())) {
            None => {
                for value in read(client, kind.read, &[]).await? {
                    found.extend(arranged(kind, None, value));
                }
            }
            Some(owners) => {
                let lists = stream::iter(owners.iter().map(|owner| async move {
                    let values = read(client, kind.read, &[&owner.id]).await?;
                    let of_owner = values.into_iter().filter_map(|value| arranged(kind, Some(owner), value));
                    Ok::<_, logto_admin::Error>(of_owner.collect::<Vec<_>>())
                }));
                found = lists.buffered(CONCURRENT).try_collect::<Vec<_>>().await?.concat();
            }
        }
        if kind.parts.is_empty() {
            return Ok(found);
        }
        let with_links = stream::iter(found.into_iter().map(|found| self.with_links(client, found)));
        with_links.buffered(CONCURRENT).try_collect().await
    }

    async fn with_links(&self, client: &Client, mut found: Found) -> logto_admin::Result<Found> {
        for links in found.kind.links() {
            // The server lists some links in a form of its own.
            found.raw.remove(links.member);
            if !matches!(found.standing, Standing::BuiltIn(_)) && (links.applies)(&found.raw) {
                let value = self.read_links(client, links, &found.id).await?;
                found.raw.insert(links.member.to_owned(), value);
            }
        }
        for part in found.kind.parts {
            if let Part::Document { member, read: operation, applies, .. } = part
                && applies(&found.raw)
            {
                let document = read(client, Read::One(operation), &[&found.id]).await?.pop();
                found.raw.extend(document.map(|document| ((*member).to_owned(), document)));
            }
        }
        if found.standing != NAMELESS {
            found.standing = (found.kind.standing)(&found.raw);
        }
        if found.standing == Standing::Own && found.kind.is(&APPLICATIONS) && self.has_access(&found.raw) {
            found.standing = CALLS_MANAGEMENT_API;
        }
        let own = self.own.standing(found.kind, &found.id, &found.raw);
        if let (Standing::Own | Standing::Kept(_), Some(standing)) = (found.standing, own) {
            found.standing = standing;
        }
        Ok(found)
    }

    /// Whether one of the roles of an application grants access to the Management API.
    fn has_access(&self, application: &Members) -> bool {
        let roles = names(application.get("roles"));
        let grants = |role: &Found| roles.contains(&role.key.own()) && !management_scopes(&role.raw).is_empty();
        self.all(&ROLES).iter().any(grants)
    }

    async fn read_links(&self, client: &Client, links: &Links, id: &str) -> logto_admin::Result<Value> {
        let mut keys = BTreeSet::new();
        let all = links.kind().map_or(&[] as &[Found], |kind| self.all(kind));
        let mut linked = match links.within {
            None => read(client, Read::List(links.read), &[id]).await?,
            Some(name) => {
                let whole = read(client, Read::One(links.read), &[id]).await?;
                whole.iter().filter_map(|whole| whole.get(name)?.as_array()).flatten().cloned().collect()
            }
        };
        while let Some(value) = linked.pop() {
            if let Some(Value::Array(scopes)) = value.get("scopes") {
                linked.extend(scopes.iter().cloned());
            }
            let id = value.get("id").unwrap_or(&value).as_str();
            match links.target {
                None => keys.extend(id.map(|name| Key(vec![name.to_owned()]))),
                Some(_) => keys.extend(all.iter().find(|found| id == Some(&found.id)).map(|found| found.key.clone())),
            }
        }
        Ok(links::value(links, &keys))
    }
}

/// Returns the kinds that a selection needs: its own, and those that they refer to.
fn needed(selection: &Selection) -> BTreeSet<&'static str> {
    let mut needed = BTreeSet::new();
    for kind in ALL.into_iter().rev() {
        if selection.has(kind) || needed.contains(kind.noun) {
            needed.insert(kind.noun);
            needed.extend(kind.owner.map(|owner| (owner.kind)().noun));
            needed.extend(kind.links().filter_map(|links| Some(links.kind()?.noun)));
        }
    }
    if needed.contains(CUSTOM_PHRASES.noun) {
        // It has the fallback language.
        needed.insert(SIGN_IN_EXPERIENCE.noun);
    }
    needed
}

fn arranged(kind: &'static Kind, owner: Option<&Found>, value: Value) -> Option<Found> {
    let Value::Object(mut raw) = value else { return None };
    (kind.arrange)(&mut raw);
    let mut standing = (kind.standing)(&raw);
    let id = raw.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let key = match standing {
        Standing::BuiltIn(Some(name)) => Key(vec![name.to_owned()]),
        _ => Key::of(kind, owner.map(|owner| &owner.key), &raw).unwrap_or_else(|_| {
            standing = NAMELESS;
            Key(owner.iter().flat_map(|owner| owner.key.0.clone()).chain([id.clone()]).collect())
        }),
    };
    let id = match kind.address {
        Address::Id => id,
        Address::Key => key.own().to_owned(),
    };
    // Entities that belong to a built-in entity are built in too.
    let standing = owner.map_or(standing, |owner| owner.standing);
    let confidential = (kind.confidential)(&raw);
    Some(Found { kind, key, id, raw, standing, confidential })
}
