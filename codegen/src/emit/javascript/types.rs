//! TypeScript types of members, parameters and answers.

use crate::model::{Field, Model, Shape, TypeDef, TypeRef};

/// An object of any members, as answers contain it.
pub const FREE_OBJECT: &str = "JsonObject";

/// The member that has a type of the application's own.
const CUSTOM_DATA: &str = "customData";

/// The types of what requests send, or of what answers contain.
#[derive(Clone, Copy)]
pub struct Types<'a> {
    model: &'a Model,
    /// Answers can have enum values that this version of the package does not know.
    received: bool,
}

impl<'a> Types<'a> {
    pub const fn sent(model: &'a Model) -> Self {
        Self { model, received: false }
    }

    pub const fn received(model: &'a Model) -> Self {
        Self { model, received: true }
    }

    /// Returns the types of a struct's members. A struct that requests and answers share is like one of answers.
    pub const fn of_members(model: &'a Model, type_def: &TypeDef) -> Self {
        Self { model, received: type_def.received || !type_def.sent }
    }

    /// Returns a type.
    pub fn text(self, ty: &TypeRef) -> String {
        match ty {
            TypeRef::Any => "unknown".to_owned(),
            TypeRef::FreeObject if self.received => FREE_OBJECT.to_owned(),
            // Only with `any` may the value be an interface.
            TypeRef::FreeObject => "{ [member: string]: any }".to_owned(),
            TypeRef::String => "string".to_owned(),
            TypeRef::Binary => "Upload".to_owned(),
            TypeRef::Integer | TypeRef::Float | TypeRef::Milliseconds | TypeRef::Seconds => "number".to_owned(),
            TypeRef::Boolean => "boolean".to_owned(),
            TypeRef::True => "true".to_owned(),
            TypeRef::False => "false".to_owned(),
            TypeRef::List(items, nullable) => list_of(&or_null(self.text(items), *nullable)),
            TypeRef::Map(values, nullable) => {
                format!("{{ [member: string]: {} }}", or_null(self.text(values), *nullable))
            }
            TypeRef::Named(name) if self.received && self.is_enum(name) => format!("Open<{name}>"),
            TypeRef::Named(name) => name.clone(),
        }
    }

    fn is_enum(self, name: &str) -> bool {
        self.model.types.get(name).is_some_and(|type_def| matches!(type_def.shape, Shape::Enum(_)))
    }

    /// Whether the application can choose a member's type.
    pub fn is_custom(field: &Field) -> bool {
        field.name == CUSTOM_DATA && field.ty == TypeRef::FreeObject
    }

    /// Returns a type with the type argument for its custom data. None if it has no such argument.
    pub fn with_custom_data(self, ty: &TypeRef) -> Option<String> {
        match ty {
            TypeRef::List(items, nullable) => Some(list_of(&or_null(self.with_custom_data(items)?, *nullable))),
            TypeRef::Named(name) => match &self.model.types.get(name)?.shape {
                Shape::Struct(structure) if structure.fields.iter().any(Self::is_custom) => {
                    Some(format!("{name}<CustomData>"))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// Returns a text about a member with the unit of its numbers.
pub fn with_unit(text: String, ty: &TypeRef) -> String {
    if *ty != TypeRef::Milliseconds {
        return text;
    }
    let separator = if text.contains("\n\n") { "\n\n" } else { " " };
    format!("{text}{separator}In milliseconds since 1970.")
}

/// Returns the type of a list.
pub fn list_of(items: &str) -> String {
    if items.contains('|') { format!("({items})[]") } else { format!("{items}[]") }
}

pub fn or_null(ty: String, nullable: bool) -> String {
    if nullable && ty != "unknown" { format!("{ty} | null") } else { ty }
}

/// Returns a member's name, in quotes unless it is an identifier.
pub fn key(name: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || character == '_' || character == '$';
    let starts = name.starts_with(|first: char| !first.is_ascii_digit());
    if starts && name.chars().all(plain) { name.to_owned() } else { format!("{name:?}") }
}
