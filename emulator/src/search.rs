//! Search with the parameters `search`, `search.{member}`, `mode` and `joint`, or the shorthand `q`.

use logto_admin::serde_json::Value;

use crate::errors::{Outcome, Refusal};
use crate::request::Query;
use crate::store::Record;

/// The search conditions for a list.
#[derive(Debug)]
pub(crate) struct Search {
    conditions: Vec<Condition>,
    /// Whether every condition must match. Otherwise, one is enough.
    every: bool,
    case_sensitive: bool,
}

/// A pattern, and the members of which one must match it.
#[derive(Debug)]
struct Condition {
    members: Vec<String>,
    pattern: String,
    mode: Mode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Like,
    Exact,
    SimilarTo,
    Posix,
}

impl Search {
    /// Parses the search in a query. Returns `None` if the query has no search.
    pub(crate) fn of(query: &Query, searchable: &[&str]) -> Outcome<Option<Self>> {
        let mut conditions = Vec::new();
        let every_member = || searchable.iter().map(|member| (*member).to_owned()).collect();
        for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
            let condition = match name {
                "q" => Condition { members: every_member(), pattern: format!("%{value}%"), mode: Mode::Like },
                "search" => Condition { members: every_member(), pattern: value.to_owned(), mode: mode(query, None)? },
                _ => match name.strip_prefix("search.") {
                    Some(member) if searchable.contains(&member) => {
                        let mode = mode(query, Some(member))?;
                        Condition { members: vec![member.to_owned()], pattern: value.to_owned(), mode }
                    }
                    Some(member) => return Err(invalid(&format!("`{member}` is not searchable."))),
                    None => continue,
                },
            };
            conditions.push(condition);
        }
        let every = query.get("joint") == Some("and");
        let search = Self { conditions, every, case_sensitive: query.is_true("isCaseSensitive") };
        Ok(Some(search).filter(|search| !search.conditions.is_empty()))
    }

    pub(crate) fn matches(&self, record: &Record) -> bool {
        let met = |condition: &Condition| condition.members.iter().any(|member| self.meets(record, member, condition));
        if self.every { self.conditions.iter().all(met) } else { self.conditions.iter().any(met) }
    }

    fn meets(&self, record: &Record, member: &str, condition: &Condition) -> bool {
        let fold = |text: &str| if self.case_sensitive { text.to_owned() } else { text.to_lowercase() };
        let Some(text) = record.members.get(member).and_then(Value::as_str) else { return false };
        condition.mode.matches(&fold(&condition.pattern), &fold(text))
    }
}

fn mode(query: &Query, member: Option<&str>) -> Outcome<Mode> {
    let own = member.and_then(|member| query.get(&format!("mode.{member}")));
    match own.or_else(|| query.get("mode")).unwrap_or("like") {
        "like" => Ok(Mode::Like),
        "exact" => Ok(Mode::Exact),
        "similar_to" => Ok(Mode::SimilarTo),
        "posix" => Ok(Mode::Posix),
        other => Err(invalid(&format!("`{other}` is not a valid match mode."))),
    }
}

fn invalid(message: &str) -> Refusal {
    Refusal::new(400, "request.invalid_input", message)
}

impl Mode {
    fn matches(self, pattern: &str, text: &str) -> bool {
        match self {
            Self::Exact => pattern == text,
            Self::Like => like(pattern, text),
            // Of SQL's regular expressions, only alternatives are supported.
            Self::SimilarTo => pattern.trim_matches(['(', ')']).split('|').any(|pattern| like(pattern, text)),
            // Only literal text and anchors are supported, because there is no regex engine.
            Self::Posix => anchored(pattern, text),
        }
    }
}

fn anchored(pattern: &str, text: &str) -> bool {
    let (from_start, pattern) = pattern.strip_prefix('^').map_or((false, pattern), |rest| (true, rest));
    let (to_end, pattern) = pattern.strip_suffix('$').map_or((false, pattern), |rest| (true, rest));
    match (from_start, to_end) {
        (true, true) => text == pattern,
        (true, false) => text.starts_with(pattern),
        (false, true) => text.ends_with(pattern),
        (false, false) => text.contains(pattern),
    }
}

/// A token of a `LIKE` pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    AnyText,
    AnyCharacter,
    Just(char),
}

/// Matches like SQL's `LIKE`: `%` is any text, `_` is any character, and a backslash escapes the next character.
fn like(pattern: &str, text: &str) -> bool {
    let mut characters = pattern.chars();
    let mut tokens = Vec::new();
    while let Some(character) = characters.next() {
        tokens.push(match character {
            '%' => Token::AnyText,
            '_' => Token::AnyCharacter,
            '\\' => Token::Just(characters.next().unwrap_or('\\')),
            other => Token::Just(other),
        });
    }
    // `reached[n]` is whether the first `n` tokens match the text so far.
    let mut reached = vec![false; tokens.len() + 1];
    let closed = |reached: &mut Vec<bool>| {
        for (at, token) in tokens.iter().enumerate() {
            if *token == Token::AnyText && reached.get(at) == Some(&true) {
                reached.iter_mut().skip(at + 1).take(1).for_each(|next| *next = true);
            }
        }
    };
    reached.iter_mut().take(1).for_each(|first| *first = true);
    closed(&mut reached);
    for character in text.chars() {
        let mut next = vec![false; tokens.len() + 1];
        for (at, token) in tokens.iter().enumerate().filter(|(at, _)| reached.get(*at) == Some(&true)) {
            let to = match token {
                Token::AnyText => at,
                Token::AnyCharacter => at + 1,
                Token::Just(wanted) if *wanted == character => at + 1,
                Token::Just(_) => continue,
            };
            next.iter_mut().skip(to).take(1).for_each(|place| *place = true);
        }
        closed(&mut next);
        reached = next;
    }
    reached.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Members;
    use logto_admin::serde_json::json;

    #[test]
    fn like_supports_wildcards_and_escapes() {
        for (pattern, text, matches) in [
            ("", "", true),
            ("%", "", true),
            ("a%", "abc", true),
            ("%b%", "abc", true),
            ("%b", "abc", false),
            ("a_c", "abc", true),
            ("a_c", "ac", false),
            ("100\\%", "100%", true),
            ("100\\%", "1000", false),
            ("%日_", "x日本", true),
            ("%a%a%a%b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(like(pattern, text), matches, "{pattern} {text}");
        }
    }

    fn found(query: &str) -> bool {
        let members: Members =
            json!({ "username": "Ada", "name": "Lovelace", "primaryEmail": null }).as_object().unwrap().clone();
        let record = Record { members, ..Record::default() };
        let search = Search::of(&Query::parse(query), &["username", "name", "primaryEmail"]).unwrap().unwrap();
        search.matches(&record)
    }

    #[test]
    fn members_modes_and_joints_are_applied() {
        for (query, expected) in [
            ("search=%25ADA%25", true),
            ("search=%25ADA%25&isCaseSensitive=true", false),
            ("search=Ad", false),
            ("q=ovel", true),
            ("search.name=ada", false),
            ("search.username=%25d%25&search.name=nobody", true),
            ("search.username=%25d%25&search.name=nobody&joint=and", false),
            ("search.username=a%25&mode.username=exact", false),
            ("search=(x|ada)&mode=similar_to", true),
            ("search=%5Elove&mode=posix", true),
        ] {
            assert_eq!(found(query), expected, "{query}");
        }
    }

    #[test]
    fn unknown_members_and_modes_are_rejected() {
        for query in ["search.password=a", "search=a&mode=fuzzy"] {
            assert!(Search::of(&Query::parse(query), &["name"]).is_err(), "{query}");
        }
        assert!(Search::of(&Query::parse("search=&page=2"), &["name"]).unwrap().is_none());
    }
}
