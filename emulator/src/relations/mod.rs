//! The relations that operations list, add to, replace and remove from, as data. `operations/relation_operations.rs` implements them.

mod organization_relations;
mod registry;
mod role_relations;

use crate::collections::{Collection, Filter, UnknownTarget};
use crate::errors::{Outcome, Refusal};
use crate::record::{Members, Record};
use crate::rules::View;
use crate::store::links::Where;

pub(crate) use registry::all;

/// A relation between entities, as one path presents it.
pub(crate) struct Relation {
    /// The path, with `{}` for parameters. The path of one link ends with the target's id.
    pub path: &'static str,
    pub table: &'static str,
    /// The collections whose ids are the path parameters.
    pub owners: &'static [&'static Collection],
    pub target: &'static Collection,
    /// The body member that contains target ids.
    pub ids: &'static str,
    /// The body member that can contain target names instead.
    pub names: Option<&'static str>,
    /// The table of links that must contain the owners.
    pub requires: Option<&'static str>,
    /// The table of links that must contain a target with the owners.
    pub targets_within: Option<&'static str>,
    pub owner_check: OwnerCheck,
    /// The error code for adding a link that already exists. Without a code, the existing link is kept.
    pub repeated: Option<&'static str>,
    /// Whether a request may add an empty list.
    pub accepts_empty: bool,
    pub unknown_target: UnknownTarget,
    pub reply: Reply,
    /// Whether replacing the links without adding a new one is an error. The other links are removed nevertheless.
    pub requires_new: bool,
    /// The error for a new id that occurs twice in a request to add links. Without an error, it is added once.
    pub repeated_addition: Option<fn() -> Refusal>,
    /// The same for a request to replace the links.
    pub repeated_replacement: Option<fn() -> Refusal>,
    /// Whether the database alone checks that the targets of a replacement fit.
    pub replaces_unchecked: bool,
    /// Rejects a first owner that cannot have this relation.
    pub suits: fn(&Record) -> Outcome<()>,
    /// Rejects an owner and a target that do not fit together.
    pub fits: fn(&Record, &Record) -> Outcome<()>,
    pub filters: &'static [Filter],
    /// A member with the value that listed targets must have.
    pub listed: Option<(&'static str, &'static str)>,
    /// Adds computed members when a target is shown.
    pub present: fn(&View<'_>, &[Where<'_>], &Record, &mut Members),
}

/// Conditions under which an owner that does not exist is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OwnerCheck {
    Always,
    /// Always, and before the parts of the request are validated.
    First,
    /// Always, except when a link is removed. Then the link is not found.
    ExceptRemoval,
    /// Only when the links are listed. Nothing can be added to an unknown owner.
    Listing,
    /// Never. The list is empty, and nothing can be added.
    Never,
}

/// The JSON response to adding and replacing, if the operation has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// The ids that were sent.
    Ids,
    /// The ids that were sent, and the new ones in the named member.
    IdsAndAdded(&'static str),
    /// All entities that are now linked.
    Records,
}

impl Relation {
    /// Returns whether lists contain the target.
    pub(crate) fn lists(&self, target: &Record) -> bool {
        self.listed.is_none_or(|(member, value)| target.text(member) == value)
    }

    /// Creates a relation with the most common settings.
    const fn new(
        path: &'static str,
        table: &'static str,
        owners: &'static [&'static Collection],
        target: &'static Collection,
        ids: &'static str,
    ) -> Self {
        Self {
            path,
            table,
            owners,
            target,
            ids,
            names: None,
            requires: None,
            targets_within: None,
            owner_check: OwnerCheck::Never,
            repeated: None,
            accepts_empty: false,
            unknown_target: UnknownTarget::ForeignKey,
            reply: Reply::Ids,
            requires_new: false,
            repeated_addition: None,
            repeated_replacement: None,
            replaces_unchecked: false,
            suits: |_| Ok(()),
            fits: |_, _| Ok(()),
            filters: &[],
            listed: None,
            present: |_, _, _, _| (),
        }
    }
}
