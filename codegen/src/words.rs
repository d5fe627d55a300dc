//! Words: letter cases, singulars, and valid Rust identifiers.

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

/// Returns the subject of an operation: its id without the verb, in the singular for lists.
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

/// Returns a method's name: the operation's id without the noun of its group or one of `others`.
pub fn method(id: &str, group: &str, others: &[String]) -> String {
    let words = snake(id);
    let nouns = std::iter::once(group)
        .chain(others.iter().map(String::as_str))
        .flat_map(|noun| [noun.to_owned(), singular(noun)]);
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

/// Returns an identifier. Keywords become raw identifiers.
pub fn ident(name: &str) -> Ident {
    match syn::parse_str::<Ident>(name) {
        Ok(ident) => ident,
        Err(_) if matches!(name, "self" | "Self" | "super" | "crate" | "_" | "") => {
            Ident::new(&format!("{name}_"), Span::call_site())
        }
        Err(_) if name.starts_with(|first: char| first.is_ascii_digit()) => {
            Ident::new(&format!("_{name}"), Span::call_site())
        }
        Err(_) => Ident::new_raw(name, Span::call_site()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn keywords_become_raw_identifiers() {
        assert_eq!(ident("type").to_string(), "r#type");
    }
}
