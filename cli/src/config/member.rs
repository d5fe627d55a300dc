//! A member that files may contain, as data.

/// A member that files may contain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// The path of the member. `*` stands for the items of a list, or for members with any names. If no longer path
    /// exists, the value can have any form. It is replaced as a whole.
    pub path: &'static str,
    /// The minor version of the first release that might have the member.
    pub since: u16,
    /// Whether the member cannot change after creation.
    pub fixed: bool,
    /// Whether the member can only be set after creation.
    pub later: bool,
    /// Whether the member is true for one entity at most. The server takes it from another.
    pub single: bool,
    /// Whether a new entity requires the member.
    pub required: bool,
    /// Whether the member is a list whose order has no meaning.
    pub set: bool,
    /// Whether the server refuses the same text twice in the list.
    pub distinct: bool,
    /// Whether the server adds the member to an object that lacks it.
    pub filled: bool,
    /// Whether false is the same as nothing. The server sets it by itself.
    pub unset_if_false: bool,
    /// Whether the server requires the list in an object. A file can leave it out: it is empty then.
    pub listed: bool,
    /// Whether the server stores an empty text as null. It does so with all texts that are not in an object. Also whether an
    /// empty object is nothing.
    pub clearable: bool,
    /// Whether the server drops empty texts, lists and objects below the member.
    pub sparse: bool,
    /// Whether the server requires the member in its object. The API document does not list it.
    pub needed: bool,
    /// The way to remove the member from an entity that has it.
    pub removal: Removal,
    /// The values that the member can have. If empty, the server decides.
    pub values: &'static [&'static str],
    /// Returns why the server refuses a text.
    pub refusal: fn(&str) -> Option<&'static str>,
    /// The smallest and the largest number of characters. They apply to the text, or to each text of a list.
    pub length: (usize, usize),
    /// The type of the member.
    pub form: Form,
}

/// The type of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Text,
    Flag,
    Number,
    Integer,
    Texts,
    List,
    Object,
    /// An object whose values are texts.
    NamedTexts,
    /// Any type, or a type that other code checks.
    Any,
}

/// A way to remove a member, if a file has null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Removal {
    /// Null, or that a member is left out of an operation which replaces the entity.
    Null,
    /// An empty text. The server refuses null, and keeps what is left out.
    EmptyText,
    /// Nothing.
    Never,
}

/// A setting below a member with any content. Which settings an entity has can depend on its other members.
pub(super) struct Setting {
    /// The path of the setting, such as `config.port`. `*` stands for the items of a list.
    pub path: String,
    pub form: Form,
    /// The values that the setting can have. If empty, the server decides.
    pub values: Vec<String>,
    /// Returns why the server refuses a text.
    pub refusal: fn(&str) -> Option<&'static str>,
    /// Whether the server refuses an object without the setting.
    pub required: bool,
}

impl Form {
    /// Returns the name of the type, for messages.
    pub(super) const fn called(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Flag => "true or false",
            Self::Number => "a number",
            Self::Integer => "an integer",
            Self::Texts => "a list of texts",
            Self::List => "a list",
            Self::Object => "an object",
            Self::NamedTexts => "an object whose values are texts",
            Self::Any => "a value",
        }
    }
}

/// Returns a member that is a text.
pub(super) const fn member(path: &'static str) -> Member {
    Member {
        path,
        since: 0,
        fixed: false,
        later: false,
        single: false,
        required: false,
        set: false,
        distinct: false,
        filled: false,
        unset_if_false: false,
        listed: false,
        clearable: false,
        sparse: false,
        needed: false,
        removal: Removal::Null,
        values: &[],
        refusal: |_| None,
        length: (0, usize::MAX),
        form: Form::Text,
    }
}

impl Member {
    pub(super) const fn flag(self) -> Self {
        self.form(Form::Flag)
    }

    pub(super) const fn number(self) -> Self {
        self.form(Form::Number)
    }

    pub(super) const fn integer(self) -> Self {
        self.form(Form::Integer)
    }

    pub(super) const fn texts(self) -> Self {
        self.form(Form::Texts)
    }

    pub(super) const fn object(self) -> Self {
        self.form(Form::Object)
    }

    pub(super) const fn named_texts(self) -> Self {
        self.form(Form::NamedTexts)
    }

    pub(super) const fn any(self) -> Self {
        self.form(Form::Any)
    }

    const fn form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    pub(super) const fn since(mut self, minor: u16) -> Self {
        self.since = minor;
        self
    }

    pub(super) const fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }

    pub(super) const fn later(mut self) -> Self {
        self.later = true;
        self
    }

    pub(super) const fn single(mut self) -> Self {
        self.single = true;
        self
    }

    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(super) const fn one_of(mut self, values: &'static [&'static str]) -> Self {
        self.values = values;
        self
    }

    pub(super) const fn unless(mut self, refusal: fn(&str) -> Option<&'static str>) -> Self {
        self.refusal = refusal;
        self
    }

    pub(super) const fn at_least(mut self, characters: usize) -> Self {
        self.length.0 = characters;
        self
    }

    pub(super) const fn at_most(mut self, characters: usize) -> Self {
        self.length.1 = characters;
        self
    }

    pub(super) const fn filled(mut self) -> Self {
        self.filled = true;
        self
    }

    pub(super) const fn unset_if_false(mut self) -> Self {
        self.unset_if_false = true;
        self
    }

    pub(super) const fn listed(mut self) -> Self {
        self.listed = true;
        self
    }

    pub(super) const fn clearable(mut self) -> Self {
        self.clearable = true;
        self
    }

    pub(super) const fn sparse(mut self) -> Self {
        self.sparse = true;
        self
    }

    pub(super) const fn needed(mut self) -> Self {
        self.needed = true;
        self
    }

    pub(super) const fn removed_by(mut self, removal: Removal) -> Self {
        self.removal = removal;
        self
    }

    pub(super) const fn distinct(mut self) -> Self {
        self.distinct = true;
        self
    }

    pub(super) const fn set(mut self) -> Self {
        self.set = true;
        self
    }

    /// Returns the name of the member, without the members below it.
    pub(super) fn name(&self) -> &'static str {
        self.path.split('.').next().unwrap_or(self.path)
    }
}
