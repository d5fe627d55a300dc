//! Search in lists: the keyword `q`, or the parameters `search`, `search.{member}`, `mode`, `joint` and
//! `isCaseSensitive`. Which of them a list has depends on the operation.

use std::borrow::Cow;

use logto_admin::operation::{OperationInfo, ParameterKind};
use logto_admin::serde_json::{Value, json};
use regex_lite::{Regex, RegexBuilder};

use crate::errors::{Outcome, Refusal, internal, invalid_input};
use crate::request::Query;
use crate::store::Record;

/// The search parameters that an operation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    None,
    /// `q`: text that a member contains.
    Keyword,
    /// `search`, `search.{member}` and the parameters that go with them.
    Patterns,
}

impl Language {
    pub(crate) fn of(info: &OperationInfo) -> Self {
        match info.query_parameters {
            parameters if parameters.iter().any(|parameter| parameter.name == "q") => Self::Keyword,
            parameters if parameters.iter().any(|parameter| parameter.kind == ParameterKind::Search) => Self::Patterns,
            _ => Self::None,
        }
    }
}

/// The search conditions for a list.
#[derive(Debug)]
pub(crate) struct Search {
    conditions: Vec<Condition>,
    /// Whether every condition must match. Otherwise, one is enough.
    every: bool,
    case_sensitive: bool,
}

/// Patterns, and the members of which one must match one of them.
#[derive(Debug)]
struct Condition {
    members: Vec<String>,
    pattern: Pattern,
}

#[derive(Debug)]
enum Pattern {
    Like(Like),
    Exact(Vec<String>),
    Regex(Regex),
}

impl Search {
    /// Parses the search in a query. Returns `None` if the query has no search.
    pub(crate) fn of(query: &Query, language: Language, searchable: &[&str]) -> Outcome<Option<Self>> {
        let search = Self::parse(query, language, searchable)?;
        let values = query.iter().filter(|(name, _)| *name == "q" || name.starts_with("search"));
        // The database rejects the character.
        let has_nul = search.is_some() && values.into_iter().any(|(_, value)| value.contains('\0'));
        if has_nul { Err(internal()) } else { Ok(search) }
    }

    fn parse(query: &Query, language: Language, searchable: &[&str]) -> Outcome<Option<Self>> {
        match language {
            Language::None => Ok(None),
            Language::Keyword => Ok(query.get("q").filter(|word| !word.is_empty()).map(|word| Self {
                conditions: vec![Condition {
                    members: owned(searchable),
                    pattern: Pattern::Like(Like::new(&format!("%{word}%"), false)),
                }],
                every: false,
                case_sensitive: false,
            })),
            Language::Patterns => Self::patterns(query, searchable),
        }
    }

    fn patterns(query: &Query, searchable: &[&str]) -> Outcome<Option<Self>> {
        let joint = query.get("joint").or_else(|| query.get("jointMode")).unwrap_or("or");
        if !matches!(joint, "and" | "or") {
            return Err(invalid(&format!("`{joint}` is not a valid joint mode.")));
        }
        let case_sensitive = query.is_true("isCaseSensitive");
        let mut conditions: Vec<Condition> = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in query.iter() {
            let member = name.strip_prefix("search.").or_else(|| name.strip_prefix("mode."));
            if let Some(member) = member.filter(|member| !searchable.contains(member)) {
                return Err(invalid(&format!("`{member}` is not searchable.")).with("data", json!({})));
            }
            let mode = mode(query, member)?;
            if !(name == "search" || name.starts_with("search.")) || names.contains(&name) {
                continue;
            }
            names.push(name);
            let members = member.map_or_else(|| owned(searchable), |member| vec![member.to_owned()]);
            let pattern = pattern(query.all(name).collect(), mode, case_sensitive)?;
            conditions.push(Condition { members, pattern });
        }
        let search = Self { conditions, every: joint == "and", case_sensitive };
        Ok(Some(search).filter(|search| !search.conditions.is_empty()))
    }

    pub(crate) fn matches(&self, record: &Record) -> bool {
        let met = |condition: &Condition| condition.members.iter().any(|member| self.meets(record, member, condition));
        if self.every { self.conditions.iter().all(met) } else { self.conditions.iter().any(met) }
    }

    fn meets(&self, record: &Record, member: &str, condition: &Condition) -> bool {
        let Some(text) = record.members.get(member).and_then(Value::as_str) else { return false };
        let folded = || fold(text, self.case_sensitive);
        match &condition.pattern {
            Pattern::Like(pattern) => pattern.matches(&folded()),
            Pattern::Exact(values) => values.iter().any(|value| *value == folded()),
            Pattern::Regex(regex) => regex.is_match(text),
        }
    }

    /// Returns whether every entity matches that has a searchable member with one of `texts`.
    pub(crate) fn is_plain(&self, searchable: &[&str]) -> bool {
        let plain = |condition: &Condition| {
            let contained = matches!(&condition.pattern, Pattern::Like(pattern) if pattern.contained.is_some());
            contained && searchable.iter().all(|member| condition.members.iter().any(|known| known == member))
        };
        let only = !self.every || self.conditions.len() == 1;
        !self.case_sensitive && only && self.conditions.iter().all(plain)
    }

    /// Returns texts in lower case of which every match contains one. Returns `None` if no such texts exist.
    pub(crate) fn texts(&self) -> Option<Vec<String>> {
        let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
        let texts = |condition: &Condition| match &condition.pattern {
            Pattern::Like(pattern) => Some(vec![lower(pattern.longest())]),
            Pattern::Exact(values) => Some(values.iter().map(|value| lower(value)).collect()),
            Pattern::Regex(_) => None,
        };
        // All conditions must match, so those of one are enough.
        let conditions = if self.every { self.conditions.get(..1)? } else { &self.conditions };
        let texts: Vec<Vec<String>> = conditions.iter().map(texts).collect::<Option<_>>()?;
        let texts = texts.concat();
        (!texts.iter().any(|text| text.is_empty() || text.contains('\0'))).then_some(texts)
    }
}

fn fold(text: &str, case_sensitive: bool) -> Cow<'_, str> {
    if case_sensitive { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

fn owned(searchable: &[&str]) -> Vec<String> {
    searchable.iter().map(|member| (*member).to_owned()).collect()
}

fn mode<'q>(query: &'q Query, member: Option<&str>) -> Outcome<&'q str> {
    let own = member.and_then(|member| query.get(&format!("mode.{member}")));
    let mode = own.or_else(|| query.get("mode")).unwrap_or("like");
    if ["like", "exact", "similar_to", "posix"].contains(&mode) {
        return Ok(mode);
    }
    Err(invalid(&format!("`{mode}` is not a valid match mode.")))
}

fn pattern(values: Vec<&str>, mode: &str, case_sensitive: bool) -> Outcome<Pattern> {
    if values.contains(&"") {
        return Err(invalid("A search value must not be empty."));
    }
    if mode == "exact" {
        let values = values.iter().map(|value| fold(value, case_sensitive).into_owned());
        return Ok(Pattern::Exact(values.collect()));
    }
    let [value] = values.as_slice() else {
        return Err(invalid("Only the match mode `exact` accepts several values."));
    };
    let regex = |text: &str| {
        let built = RegexBuilder::new(text).case_insensitive(!case_sensitive).build();
        // The database rejects an invalid expression.
        built.map(Pattern::Regex).map_err(|_| internal())
    };
    match mode {
        "posix" => regex(value),
        "similar_to" if !case_sensitive => Err(invalid("The match mode `similar_to` must be case-sensitive.")),
        "similar_to" => regex(&similar_to(value)),
        _ => Ok(Pattern::Like(Like::new(value, case_sensitive))),
    }
}

/// Translates a pattern of SQL's `SIMILAR TO` to a regular expression.
fn similar_to(pattern: &str) -> String {
    let mut regex = String::from("^(?s:");
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '%' => regex.push_str(".*"),
            '_' => regex.push('.'),
            '|' | '*' | '+' | '?' | '{' | '}' | '(' | ')' | '[' | ']' | '-' => regex.push(character),
            '\\' => regex.push_str(&regex_lite::escape(&characters.next().map(String::from).unwrap_or_default())),
            other => regex.push_str(&regex_lite::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    regex.push_str(")$");
    regex
}

fn invalid(message: &str) -> Refusal {
    invalid_input(400, message)
}

/// A token of a `LIKE` pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    AnyText,
    AnyCharacter,
    Just(char),
}

/// A pattern of SQL's `LIKE`: `%` is any text, `_` is any character, and a backslash escapes the next character.
#[derive(Debug)]
struct Like {
    tokens: Vec<Token>,
    /// The text in the middle of a pattern such as `%text%`, which is the most common one.
    contained: Option<String>,
    longest: String,
}

impl Like {
    fn new(pattern: &str, case_sensitive: bool) -> Self {
        let pattern = fold(pattern, case_sensitive);
        let mut characters = pattern.chars();
        let (mut tokens, mut literals) = (Vec::new(), vec![String::new()]);
        while let Some(character) = characters.next() {
            let token = match character {
                '%' => Token::AnyText,
                '_' => Token::AnyCharacter,
                '\\' => Token::Just(characters.next().unwrap_or('\\')),
                other => Token::Just(other),
            };
            match (token, literals.last_mut()) {
                (Token::Just(character), Some(literal)) => literal.push(character),
                _ => literals.push(String::new()),
            }
            tokens.push(token);
        }
        let middle = match tokens.as_slice() {
            [Token::AnyText, middle @ .., Token::AnyText] => middle,
            _ => &[],
        };
        let only_text = !middle.is_empty() && middle.iter().all(|token| matches!(token, Token::Just(_)));
        let longest = literals.into_iter().max_by_key(String::len).unwrap_or_default();
        Self { tokens, contained: only_text.then(|| longest.clone()), longest }
    }

    /// Returns the longest text that every match contains.
    fn longest(&self) -> &str {
        &self.longest
    }

    fn matches(&self, text: &str) -> bool {
        self.contained.as_ref().map_or_else(|| like(&self.tokens, text), |part| text.contains(part.as_str()))
    }
}

fn like(tokens: &[Token], text: &str) -> bool {
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
            assert_eq!(Like::new(pattern, true).matches(text), matches, "{pattern} {text}");
        }
    }

    const MEMBERS: [&str; 3] = ["username", "name", "primaryEmail"];

    fn search(query: &str) -> Outcome<Option<Search>> {
        Search::of(&Query::parse(query), Language::Patterns, &MEMBERS)
    }

    fn found(query: &str) -> bool {
        let members: Members =
            json!({ "username": "Ada", "name": "Lovelace", "primaryEmail": null }).as_object().unwrap().clone();
        let record = Record { members: members.into(), ..Record::default() };
        search(query).unwrap().unwrap().matches(&record)
    }

    #[test]
    fn members_modes_and_joints_are_applied() {
        for (query, expected) in [
            ("search=%25ADA%25", true),
            ("search=%25ADA%25&isCaseSensitive=true", false),
            ("search=%25ADA%25&isCaseSensitive=1", false),
            ("search=Ad", false),
            ("search.name=ada", false),
            ("search.username=%25d%25&search.name=nobody", true),
            ("search.username=%25d%25&search.name=nobody&joint=and", false),
            ("search.username=%25d%25&search.name=nobody&jointMode=and", false),
            ("search.username=a%25&mode.username=exact", false),
            ("search.username=x&search.username=ada&mode.username=exact&joint=and", true),
            ("search=(x%7CAda)&mode=similar_to&isCaseSensitive=true", true),
            ("search=A%25.&mode=similar_to&isCaseSensitive=true", false),
            ("search=%5Elo[uv]e&mode=posix", true),
            ("search=%5Elo[uv]e&mode=posix&isCaseSensitive=true", false),
        ] {
            assert_eq!(found(query), expected, "{query}");
        }
    }

    #[test]
    fn invalid_searches_are_rejected() {
        for query in [
            "search.password=a",
            "search.name.first=a",
            "search=a&mode=fuzzy",
            "search=a&mode.password=exact",
            "search=a&joint=xor",
            "search=",
            "search.name=",
            "search.name=a&search.name=b",
            "search=(a)&mode=similar_to",
            "search=a%00",
        ] {
            assert!(search(query).is_err(), "{query}");
        }
        assert!(search("page=2&q=a").unwrap().is_none());
    }

    #[test]
    fn a_list_has_one_search_language() {
        let language = |id| Language::of(logto_admin::operation::find(id).unwrap());
        assert_eq!(language("ListUsers"), Language::Patterns);
        assert_eq!(language("ListOrganizations"), Language::Keyword);
        assert_eq!(language("ListResources"), Language::None);
        let keyword = Search::of(&Query::parse("search=&q=OVEL"), Language::Keyword, &MEMBERS);
        assert!(keyword.unwrap().is_some());
    }
}
