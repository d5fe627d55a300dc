//! TypeScript types of members, parameters and answers.

use crate::model::TypeRef;

/// Returns a type.
pub fn ts_type(ty: &TypeRef) -> String {
    match ty {
        TypeRef::Any => "unknown".to_owned(),
        TypeRef::FreeObject => "{ [member: string]: unknown }".to_owned(),
        TypeRef::String => "string".to_owned(),
        TypeRef::Binary => "Upload".to_owned(),
        TypeRef::Integer | TypeRef::Float | TypeRef::Milliseconds | TypeRef::Seconds => "number".to_owned(),
        TypeRef::Boolean => "boolean".to_owned(),
        TypeRef::True => "true".to_owned(),
        TypeRef::False => "false".to_owned(),
        TypeRef::List(items, nullable) => list_of(&or_null(ts_type(items), *nullable)),
        TypeRef::Map(values, nullable) => format!("{{ [member: string]: {} }}", or_null(ts_type(values), *nullable)),
        TypeRef::Named(name) => name.clone(),
    }
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
