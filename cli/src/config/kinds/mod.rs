//! The kinds of configuration, as data. The rest of this module is the same for all kinds.

mod access;
mod applications;
mod connectors;
mod experience;
mod kind;
mod ranges;
mod templates;
mod text_rules;
mod tokens;

pub(super) use access::{MANAGEMENT_API, ROLES};
pub(super) use applications::{APPLICATIONS, CALLS_MANAGEMENT_API};
pub(super) use connectors::CONNECTORS;
pub(super) use experience::SIGN_IN_EXPERIENCE;
pub use kind::Kind;
pub(super) use kind::{
    Address, Body, Form, Layout, LinkChange, Links, Models, Owner, Part, Phrases, Read, Standing, Write, write,
};
pub(super) use templates::CUSTOM_PHRASES;

/// All kinds. An entity depends only on entities of kinds that come before its own.
pub static ALL: [&Kind; 17] = [
    &tokens::DOMAINS,
    &access::RESOURCES,
    &access::SCOPES,
    &access::ORGANIZATION_SCOPES,
    &access::ORGANIZATION_ROLES,
    &access::ROLES,
    &applications::APPLICATIONS,
    &connectors::CONNECTORS,
    &connectors::SSO_CONNECTORS,
    &templates::PROFILE_FIELDS,
    &templates::CUSTOM_PHRASES,
    &templates::EMAIL_TEMPLATES,
    &experience::CAPTCHA,
    &experience::SIGN_IN_EXPERIENCE,
    &experience::ACCOUNT_CENTER,
    &tokens::JWT_CUSTOMIZERS,
    &tokens::HOOKS,
];

/// Returns the names of the files and folders.
pub fn files() -> impl Iterator<Item = &'static str> {
    let mut seen = Vec::new();
    ALL.iter().filter(|kind| kind.layout != Layout::Owned).map(|kind| kind.file).filter(move |file| {
        let new = !seen.contains(file);
        seen.push(*file);
        new
    })
}

/// Returns the kinds in this file or folder. Leaves out those in lists of their owners.
pub(super) fn in_file(file: &str) -> impl Iterator<Item = &'static Kind> {
    ALL.iter().copied().filter(move |kind| kind.file == file && kind.layout != Layout::Owned)
}

impl Kind {
    /// Returns the kinds whose entities belong to entities of this kind.
    pub(super) fn owned(&'static self) -> impl Iterator<Item = (&'static Self, &'static str)> {
        ALL.iter().filter_map(move |kind| {
            let owner = kind.owner.filter(|owner| (owner.kind)().is(self))?;
            Some((*kind, owner.member))
        })
    }
}

#[cfg(test)]
mod tests;
