//! Description of a kind of configuration.

use logto_admin::operation::{OperationInfo, Release, find};

use super::super::entity_members::{Member, Members, Setting};

/// A kind of configuration.
pub struct Kind {
    /// The name of the file or folder, without extension. Selections use it.
    pub file: &'static str,
    /// Word for an entity in messages.
    pub noun: &'static str,
    pub(in super::super) layout: Layout,
    /// The kind whose entities own the entities of this kind.
    pub(in super::super) owner: Option<Owner>,
    /// The paths of the members that identify an entity. Parts that an entity lacks are left out.
    pub(in super::super) key: &'static [&'static str],
    pub(in super::super) members: &'static [Member],
    pub(in super::super) read: Read,
    pub(in super::super) create: Option<Write>,
    pub(in super::super) update: Option<Write>,
    pub(in super::super) delete: Option<&'static str>,
    /// How the path of an operation identifies an entity.
    pub(in super::super) address: Address,
    /// Members with operations of their own.
    pub(in super::super) parts: &'static [Part],
    /// The paths of members that are secret. `*` stands for any member.
    pub(in super::super) secrets: &'static [&'static str],
    /// The members with any content. Members below them are secret if their names sound like those of secrets.
    pub(in super::super) secret_names: &'static [&'static str],
    /// The member that exports write to a file beside the YAML. The second text is the extension of that file.
    pub(in super::super) beside: Option<(&'static str, &'static str)>,
    /// Whether the server sends every member that it has.
    pub(in super::super) complete: bool,
    /// Converts an entity from the server's form.
    pub(in super::super) arrange: fn(&mut Members),
    /// Returns the changes that the tool may make to an entity.
    pub(in super::super) standing: fn(&Members) -> Standing,
    /// The models of the server, of which each entity is one.
    pub(in super::super) models: Option<Models>,
    /// Returns the members below `config` that the server declares confidential.
    pub(in super::super) confidential: fn(&Members) -> Vec<String>,
    /// Returns the settings that the server checks. Depends on the members of an entity and of its model. All others
    /// can have any value.
    pub(in super::super) settings: fn(&Members) -> Vec<Setting>,
    /// Returns a member that does not fit the others, and why.
    pub(in super::super) conflict: fn(&Members) -> Option<(&'static str, String)>,
    /// Returns a member that does not fit the others in an update, and why. The server accepts it in a new entity.
    pub(in super::super) update_conflict: fn(&Members) -> Option<(&'static str, String)>,
    /// Returns the paths of members that the server drops, and why. It drops them because of the other members.
    pub(in super::super) dropped: fn(&Members) -> Vec<(String, String)>,
    /// The last release whose servers have one entity at most.
    pub(in super::super) single_until: Option<u16>,
    /// The object that an update merges with the present one. The number is the last release that does so.
    pub(in super::super) merged: Option<(&'static str, u16)>,
    /// Whether an update replaces the entity. The update then contains the members that files cannot have.
    pub(in super::super) replaced: bool,
    /// The member whose keys the server restricts.
    pub(in super::super) phrases: Option<Phrases>,
}

/// Location of the entities of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Layout {
    /// A file with a list.
    List,
    /// A folder with a file for each entity.
    Folder,
    /// A file with the one entity.
    Single,
    /// A list in a file with several lists.
    Section(&'static str),
    /// A list in the entities of the owner.
    Owned,
}

/// The owner of an entity.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Owner {
    pub kind: fn() -> &'static Kind,
    /// The member of the owner that contains the list.
    pub member: &'static str,
}

/// How a kind is read.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Read {
    List(&'static str),
    /// An entity that always exists, or that is unknown (404) if it does not.
    One(&'static str),
}

/// An operation that creates or updates an entity.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Write {
    pub operation: &'static str,
    pub body: Body,
    /// JSON members that are added to the body if it lacks them.
    pub extra: &'static [(&'static str, &'static str)],
}

/// The body of a [`Write`].
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Body {
    /// The members.
    Members,
    /// The value of one member.
    Value(&'static str),
    /// An object with one member, a list of one entity.
    ListIn(&'static str),
}

/// The models of entities, such as the factories of connectors.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Models {
    /// The operation that lists them.
    pub list: &'static str,
    /// The member of a model that has its id.
    pub id: &'static str,
    /// The member of an entity that has the id of its model.
    pub member: &'static str,
    /// The member of model and entity that has the name of the group.
    pub group: &'static str,
    /// The groups that have one entity: a new one replaces the others.
    pub single_groups: &'static [&'static str],
    /// Returns what only one entity can have.
    pub unique: fn(model: &Members, entity: &Members) -> Option<String>,
    /// Returns a member of a new entity that does not fit its model, and why.
    pub conflict: fn(model: &Members, entity: &Members) -> Option<(&'static str, String)>,
}

/// A member with texts by key. The server has these keys only, and returns all of them.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Phrases {
    pub member: &'static str,
    /// The operation that returns an object with the member.
    pub read: &'static str,
    /// Name and value of a parameter of the query.
    pub query: (&'static str, &'static str),
}

/// How the path of an operation identifies an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Address {
    Id,
    Key,
}

/// A member with its own operations.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Part {
    Member {
        member: &'static str,
        write: Write,
    },
    /// An object that the server keeps apart from the entity. It might not exist (404).
    Document {
        member: &'static str,
        read: &'static str,
        write: Write,
        applies: fn(&Members) -> bool,
    },
    Links(Links),
}

/// A member that lists entities of another kind.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Links {
    pub member: &'static str,
    /// The kind that is listed. Without it, names are ids.
    pub target: Option<fn() -> &'static Kind>,
    /// Word for a listed entity in messages.
    pub noun: &'static str,
    /// The names that can be listed without a kind.
    pub values: &'static [&'static str],
    pub form: Form,
    pub read: &'static str,
    /// The member of the response that has the list. Without it, the response is the list.
    pub within: Option<&'static str>,
    pub change: LinkChange,
    /// Whether an entity can have links.
    pub applies: fn(&Members) -> bool,
    /// Returns why an entity cannot be listed.
    pub misfit: fn(&Members) -> Option<&'static str>,
}

/// How a file names the entities of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Form {
    /// A list of names.
    Names,
    /// Lists of names, by the names of their owners.
    ByOwner,
}

/// How links change.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum LinkChange {
    /// One operation replaces all. The member of its body has the ids.
    Replace(&'static str, &'static str),
    /// One operation adds links, and one removes a single link. The first has the ids in a member of its body.
    AddRemove { add: &'static str, member: &'static str, remove: &'static str, path: Option<&'static str> },
}

/// Changes that the tool may make to an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Standing {
    /// All changes.
    Own,
    /// All changes except deleting it, for this reason.
    Kept(&'static str),
    /// None, because it belongs to Logto. The text is its name in references.
    BuiltIn(Option<&'static str>),
    /// None, for this reason.
    Foreign(&'static str),
}

impl Kind {
    /// The most common settings.
    pub(super) const DEFAULT: Self = Self {
        file: "",
        noun: "",
        layout: Layout::List,
        owner: None,
        key: &["name"],
        members: &[],
        read: Read::List(""),
        create: None,
        update: None,
        delete: None,
        address: Address::Id,
        parts: &[],
        secrets: &[],
        secret_names: &[],
        beside: None,
        complete: false,
        arrange: |_| (),
        standing: |_| Standing::Own,
        models: None,
        confidential: |_| Vec::new(),
        settings: |_| Vec::new(),
        conflict: |_| None,
        update_conflict: |_| None,
        dropped: |_| Vec::new(),
        single_until: None,
        merged: None,
        replaced: false,
        phrases: None,
    };

    pub(in super::super) fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }

    /// Returns the operation that reads the kind.
    pub(in super::super) fn read_info(&self) -> Option<&'static OperationInfo> {
        let (Read::List(id) | Read::One(id)) = self.read;
        find(id)
    }

    /// Whether a server of this release has the kind.
    pub(in super::super) fn is_in(&self, release: Release) -> bool {
        self.read_info().is_some_and(|info| info.is_in(release))
    }

    /// Returns the links to other kinds.
    pub(in super::super) fn links(&self) -> impl Iterator<Item = &'static Links> + use<> {
        self.parts.iter().filter_map(|part| match part {
            Part::Links(links) => Some(links),
            Part::Member { .. } | Part::Document { .. } => None,
        })
    }

    /// Whether the member has an operation of its own.
    pub(in super::super) fn is_part(&self, name: &str) -> bool {
        self.parts.iter().any(|part| part.is_for(name))
    }
}

impl Part {
    /// Whether this is the part of the member.
    pub(in super::super) fn is_for(&self, name: &str) -> bool {
        match self {
            Self::Member { member, .. } | Self::Document { member, .. } => *member == name,
            Self::Links(links) => links.member == name,
        }
    }

    /// Returns the operation that writes the member. Links have several.
    pub(in super::super) const fn write(&self) -> Option<Write> {
        match self {
            Self::Member { write, .. } | Self::Document { write, .. } => Some(*write),
            Self::Links(_) => None,
        }
    }
}

impl Links {
    /// Returns the kind that is listed.
    pub(in super::super) fn kind(&self) -> Option<&'static Kind> {
        self.target.map(|target| target())
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kind").field("file", &self.file).field("noun", &self.noun).finish_non_exhaustive()
    }
}

pub(in super::super) const fn write(operation: &'static str) -> Option<Write> {
    Some(Write { operation, body: Body::Members, extra: &[] })
}
