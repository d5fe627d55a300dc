//! Checks the path of a call, in the words of the options.

use percent_encoding::percent_decode_str;

use crate::credentials::is_credential;
use crate::failure::{Failure, Result};
use crate::suggestion::suggestion;
use crate::terminal::shown;

/// Fails if a path has a query, or not exactly the parameters that are set. `target` is the operation as the user writes it.
pub(super) fn check_path(path: &str, set: &[(String, String)], target: &str) -> Result<()> {
    if let Some((bare, query)) = path.split_once('?') {
        let members = query.split('&').filter(|member| !member.is_empty());
        let options: Vec<String> = members.map(|member| format!("`--query {}`", query_member(member))).collect();
        let hint = if options.is_empty() { "leave out the question mark".to_owned() } else { pass(&options) };
        return Err(Failure::usage(format!("the path {} has a query", shown(bare))).with_hint(hint));
    }
    let names: Vec<&str> = path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
    for (at, (name, _)) in set.iter().enumerate() {
        if !names.contains(&&**name) {
            return Err(unknown(&names, name, target));
        }
        if set.iter().take(at).any(|(earlier, _)| earlier == name) {
            return Err(Failure::usage(format!("--path sets `{name}` twice")));
        }
    }
    let is_set = |name: &&str| set.iter().any(|(known, _)| known == name);
    let missing: Vec<&str> = names.into_iter().filter(|name| !is_set(name)).collect();
    match missing.first() {
        Some(first) => Err(Failure::usage(format!("{} requires the path parameter `{first}`", shown(target)))
            .with_hint(pass(&options(&missing)))),
        None => Ok(()),
    }
}

fn unknown(names: &[&str], name: &str, target: &str) -> Failure {
    let suggestion = suggestion(name, names).unwrap_or_default();
    let message = format!("{} has no path parameter `{}`{suggestion}", shown(target), shown(name));
    let hint = if names.is_empty() { "leave out `--path`".to_owned() } else { pass(&options(names)) };
    Failure::usage(message).with_hint(hint)
}

/// Returns the options that set these path parameters.
fn options(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("`--path {name}=VALUE`")).collect()
}

fn pass(options: &[String]) -> String {
    format!("pass {}", shown(&options.join(" and ")))
}

/// Returns a member of a query as the argument of an option. A credential is not shown.
fn query_member(member: &str) -> String {
    let (name, value) = member.split_once('=').unwrap_or((member, ""));
    let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let (name, value) = (decoded(name), decoded(value));
    let value = if is_credential(&name) { "VALUE" } else { &*value };
    let argument = format!("{name}={value}");
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_.,:/@%=+".contains(letter);
    if argument.chars().all(is_plain) { argument } else { format!("'{argument}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(path: &str, set: &[&str]) -> String {
        let set: Vec<(String, String)> = set.iter().map(|name| ((*name).to_owned(), "1".to_owned())).collect();
        check_path(path, &set, "Target").map_or_else(|failure| failure.to_string(), |()| String::new())
    }

    #[test]
    fn a_query_is_written_with_options() {
        for (path, expected) in [
            ("/a?page_size=1", "the path /a has a query\nhint: pass `--query page_size=1`"),
            ("/a?q=%25a%25&b=c+d", "the path /a has a query\nhint: pass `--query q=%a%` and `--query 'b=c d'`"),
            ("/a?token=s3cret", "the path /a has a query\nhint: pass `--query token=VALUE`"),
            ("/a?", "the path /a has a query\nhint: leave out the question mark"),
        ] {
            assert_eq!(failed(path, &[]), expected);
        }
    }

    #[test]
    fn the_parameters_of_a_path_are_set_once() {
        let path = "/a/{userId}/b/{id}";
        assert_eq!(failed(path, &["id", "userId"]), "");
        for (path, set, expected) in [
            (
                path,
                &[][..],
                "requires the path parameter `userId`\nhint: pass `--path userId=VALUE` and `--path id=VALUE`",
            ),
            (path, &["userId"], "requires the path parameter `id`\nhint: pass `--path id=VALUE`"),
            (
                path,
                &["userid"],
                "has no path parameter `userid`; did you mean `userId`?\nhint: pass `--path userId=VALUE`",
            ),
            (path, &["id", "id"], "--path sets `id` twice"),
            ("/a", &["id"], "Target has no path parameter `id`\nhint: leave out `--path`"),
        ] {
            assert!(failed(path, set).contains(expected), "{}", failed(path, set));
        }
    }
}
