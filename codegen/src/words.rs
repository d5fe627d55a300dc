//! Words: letter cases, singulars, and valid Rust identifiers.

use std::collections::HashSet;
use std::iter;

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

/// Verbs at the start of operation ids.
const VERBS: [&str; 7] = ["List", "Get", "Create", "Update", "Replace", "Upsert", "Delete"];

pub fn snake(text: &str) -> String {
    text.to_snake_case()
}

pub fn pascal(text: &str) -> String {
    text.to_upper_camel_case()
}

/// Puts the last part of a word into the singular.
pub fn singular(word: &str) -> String {
    let stem = |cut: usize, end: &str| format!("{}{end}", word.get(..word.len() - cut).unwrap_or(word));
    match word {
        _ if word.ends_with("ies") => stem(3, "y"),
        _ if ["sses", "shes", "ches", "xes"].iter().any(|end| word.ends_with(end)) => stem(2, ""),
        _ if ["ss", "us", "is"].iter().any(|end| word.ends_with(end)) => word.to_owned(),
        _ if word.ends_with('s') => stem(1, ""),
        _ => word.to_owned(),
    }
}

/// Returns the subject of an operation. It is its id without the verb, in the singular for lists.
pub fn subject(id: &str) -> String {
    let rest = VERBS.iter().find_map(|verb| {
        let rest = id.strip_prefix(verb)?;
        rest.starts_with(|first: char| first.is_ascii_uppercase()).then_some((*verb, rest))
    });
    match rest {
        Some(("List", rest)) => singular(rest),
        Some((_, rest)) => rest.to_owned(),
        None => id.to_owned(),
    }
}

/// Returns a method's name. It is the operation's id without the noun of its group or one of `others`.
pub fn method(id: &str, group: &str, others: &[String]) -> String {
    let words = snake(id);
    let nouns =
        iter::once(group).chain(others.iter().map(String::as_str)).flat_map(|noun| [noun.to_owned(), singular(noun)]);
    let (verb, rest) = words.split_once('_').unwrap_or((&words, ""));
    let cut = nouns.into_iter().find_map(|noun| {
        let after = rest.strip_prefix(noun.as_str())?;
        (after.is_empty() || after.starts_with('_')).then(|| after.trim_start_matches('_'))
    });
    match cut {
        Some("") => verb.to_owned(),
        Some(rest) => format!("{verb}_{rest}"),
        None => words,
    }
}

/// Returns the words of a text: its ASCII letters and digits, separated by spaces.
fn words(text: &str) -> String {
    text.chars().map(|one| if one.is_ascii_alphanumeric() { one } else { ' ' }).collect()
}

/// Returns an operation id as a name for types. Other ids are changed.
pub fn operation_id(id: &str, method: &str, path: &str) -> String {
    if id.starts_with(|first: char| first.is_ascii_uppercase()) && id.chars().all(|one| one.is_ascii_alphanumeric()) {
        return id.to_owned();
    }
    let name = match pascal(&words(id)) {
        empty if empty.is_empty() => pascal(&words(&format!("{} {path}", method.to_lowercase()))),
        name => name,
    };
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("Op{name}") } else { name }
}

/// Names that the files of models and groups import.
const RESERVED_TYPES: [&str; 41] = [
    "Open",
    "CustomData",
    "Self",
    "Value",
    "Patch",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "String",
    "Vec",
    "Box",
    "BTreeMap",
    "JsonObject",
    "Number",
    "Timestamp",
    "TimestampSeconds",
    "True",
    "False",
    "Upload",
    "Part",
    "Borrow",
    "Client",
    "ClientContext",
    "Request",
    "Operation",
    "OperationInfo",
    "ListOperation",
    "SearchOperation",
    "TextValue",
    "TimeValue",
    "Items",
    "Json",
    "Nothing",
    "OptionalJson",
    "Page",
    "Redirect",
    "Text",
    "Default",
];

/// Returns a name for a type that compiles.
pub fn type_name(name: &str) -> String {
    let name = match pascal(&words(name)) {
        _ if name.chars().all(|one| one.is_ascii_alphanumeric()) && !name.is_empty() => name.to_owned(),
        empty if empty.is_empty() => "Unnamed".to_owned(),
        name => name,
    };
    match name {
        name if name.starts_with(|first: char| first.is_ascii_digit()) => format!("Type{name}"),
        name if RESERVED_TYPES.contains(&name.as_str()) => format!("{name}Model"),
        name => name,
    }
}

/// Names of modules, features and methods of `Client` that a group cannot have.
const RESERVED_GROUPS: [&str; 50] = [
    "check_unrestricted",
    "metrics",
    "restricted_to",
    "for_each",
    "serde",
    "std",
    "core",
    "alloc",
    "mod",
    "self",
    "super",
    "crate",
    "default",
    "reqwest",
    "tokio",
    "rustls",
    "rustls_ring",
    "rustls_no_provider",
    "native_tls",
    "http2",
    "gzip",
    "brotli",
    "http",
    "time",
    "chrono",
    "jiff",
    "blocking",
    "redis",
    "tracing",
    "webhook",
    "models",
    "table",
    "extra",
    "serde_json",
    "clone",
    "builder",
    "from_env",
    "endpoint",
    "operation",
    "request",
    "access_token",
    "tokens",
    "keep_fresh",
    "keep_fresh_every",
    "with_headers",
    "with_cookies",
    "with_timeout",
    "with_settings",
    "server_release",
    "organization_role_ids",
];

/// Returns the name of the group of a tag. It is a module, an accessor, and a feature.
pub fn group(tag: &str) -> String {
    // A file is named after it.
    let tag: String = tag.chars().take(100).collect();
    match snake(&words(&tag)) {
        name if name.is_empty() => "other".to_owned(),
        name if name.starts_with(|first: char| first.is_ascii_digit()) => format!("group_{name}"),
        name if RESERVED_GROUPS.contains(&name.as_str()) || RESERVED_TYPES.contains(&pascal(&name).as_str()) => {
            format!("{name}_group")
        }
        name => name,
    }
}

/// Returns the first free identifier and adds it to `taken`. It is the name, or the name and a number.
pub fn unique(name: &str, taken: &mut HashSet<String>) -> String {
    let numbered = (2u32..).map(|number| format!("{name}{number}"));
    let mut names = iter::once(name.to_owned()).chain(numbered);
    names.find(|name| taken.insert(ident(name).to_string())).unwrap_or_default()
}

/// Returns an identifier. Keywords become raw identifiers, and characters that no identifier has are replaced.
pub fn ident(name: &str) -> Ident {
    let is_ident = |text: &str| syn::parse_str::<Ident>(text).is_ok();
    let is_part = |one: char| !one.is_whitespace() && is_ident(&format!("__{one}"));
    if name.is_empty() || !name.chars().all(is_part) {
        let name: String = name.chars().map(|one| if is_part(one) { one } else { '_' }).collect();
        return ident(if name.is_empty() { "empty" } else { &name });
    }
    match syn::parse_str::<Ident>(name) {
        // A keyword since the edition 2024.
        Ok(_) if name == "gen" => Ident::new_raw(name, Span::call_site()),
        Ok(ident) => ident,
        Err(_) if matches!(name, "self" | "Self" | "super" | "crate" | "_") => {
            Ident::new(&format!("{name}_"), Span::call_site())
        }
        Err(_) if name.starts_with(|first: char| !is_ident(&first.to_string())) => {
            Ident::new(&format!("_{name}"), Span::call_site())
        }
        Err(_) => Ident::new_raw(name, Span::call_site()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_becomes_an_identifier() {
        for (name, expected) in [
            ("userId", "userId"),
            ("type", "r#type"),
            ("self", "self_"),
            ("2fa", "_2fa"),
            ("\u{661}st", "_\u{661}st"),
            ("x\u{b2}", "x_"),
            ("a b", "a_b"),
            ("", "empty"),
        ] {
            assert_eq!(ident(name).to_string(), expected, "{name}");
        }
    }

    #[test]
    fn subjects_omit_the_verb_and_are_singular() {
        assert_eq!(subject("ListUserRoles"), "UserRole");
        assert_eq!(subject("GetStatus"), "Status");
        assert_eq!(subject("GetterOf"), "GetterOf");
    }

    #[test]
    fn method_names_omit_the_noun_of_their_group() {
        for (id, group, name) in [
            ("ListUsers", "users", "list"),
            ("GetUser", "users", "get"),
            ("ListUserRoles", "users", "list_roles"),
            ("GetUserinfo", "users", "get_userinfo"),
            ("DeleteSecret", "secrets", "delete"),
            ("GetMemberRole", "users", "get_role"),
        ] {
            assert_eq!(method(id, group, &["member".to_owned()]), name);
        }
    }

    #[test]
    fn singular_handles_common_endings() {
        for (plural, one) in
            [("policies", "policy"), ("addresses", "address"), ("status", "status"), ("phrases", "phrase")]
        {
            assert_eq!(singular(plural), one);
        }
    }

    #[test]
    fn names_of_any_text_compile() {
        for (id, name) in [
            ("GetUser", "GetUser"),
            ("get-user", "GetUser"),
            ("1st", "Op1st"),
            ("fn", "Fn"),
            ("GetUser\"; }", "GetUser"),
            ("get\u{202e}user", "GetUser"),
            ("", "GetApiPetsId"),
            ("_", "GetApiPetsId"),
        ] {
            assert_eq!(operation_id(id, "GET", "/api/pets/{id}"), name, "{id:?}");
        }
        for (text, name) in [
            ("User", "User"),
            ("Value", "ValueModel"),
            ("Self", "SelfModel"),
            ("", "Unnamed"),
            ("1", "Type1"),
            ("a\u{202e}b", "AB"),
        ] {
            assert_eq!(type_name(text), name, "{text:?}");
        }
        for (tag, name) in [
            ("Sign-in exp", "sign_in_exp"),
            ("mod", "mod_group"),
            ("Client", "client_group"),
            ("1", "group_1"),
            ("ü", "other"),
            ("http2", "http2_group"),
        ] {
            assert_eq!(group(tag), name, "{tag:?}");
        }
        for (text, name) in [("", "empty"), ("_", "__"), ("a b", "a_b"), ("1", "_1"), ("é", "é")] {
            assert_eq!(ident(text).to_string(), name, "{text:?}");
        }
    }

    #[test]
    fn keywords_become_raw_identifiers() {
        assert_eq!(ident("type").to_string(), "r#type");
    }
}
