//! Search in lists. By the keyword `q`, or by the parameters `search`, `search.{member}`, `mode`, `joint` and
//! `isCaseSensitive`. Which of them a list has depends on the operation.

use std::borrow::Cow;

use logto_admin::operation::{OperationInfo, ParameterKind};
use logto_admin::serde_json::{Value, json};
use regex_lite::{Regex, RegexBuilder};

use crate::collections::Collection;
use crate::errors::{Outcome, Refusal, internal, invalid_input};
use crate::http::request::Query;
use crate::lists::like::Like;
use crate::record::Record;
use crate::store::{Candidates, Places, Table};

/// The search parameters that an operation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    None,
    /// `q`: text that a member contains.
    Keyword,
    /// `search`, `search.{member}` and the parameters that go with them.
    Patterns,
    /// The same parameters, where the server does not expect mistakes.
    TrustedPatterns,
}

impl Language {
    pub(crate) fn of(info: &OperationInfo) -> Self {
        match info.query_parameters {
            parameters if parameters.iter().any(|parameter| parameter.name == "q") => Self::Keyword,
            parameters if parameters.iter().any(|parameter| parameter.kind == ParameterKind::Search) => match info.id {
                "ListApplications" => Self::TrustedPatterns,
                _ => Self::Patterns,
            },
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
    /// Texts that match one of these.
    Like(Vec<Like>),
    /// Texts that are one of these, in lower case unless the search is case-sensitive.
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
                    pattern: Pattern::Like(vec![Like::new(&fold(&format!("%{word}%"), false))]),
                }],
                every: false,
                case_sensitive: false,
            })),
            Language::Patterns => Self::patterns(query, searchable),
            Language::TrustedPatterns => Self::patterns(query, searchable).map_err(|_| internal()),
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
        for (name, value) in query.iter() {
            if name == "mode" || name.starts_with("mode.") {
                check_mode(value)?;
            }
            if !(name == "search" || name.starts_with("search.")) || names.contains(&name) {
                continue;
            }
            // A member can have its name or that of its column.
            let known = |member| searchable.iter().find(|known| **known == member || column(known) == member);
            let member = name.strip_prefix("search.");
            let found = member.map(|member| known(member).ok_or_else(|| not_searchable(member, searchable)));
            let found = found.transpose()?;
            names.push(name);
            let members = found.map_or_else(|| owned(searchable), |member| vec![(*member).to_owned()]);
            let pattern = pattern(query.all(name).collect(), mode(query, member), case_sensitive)?;
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
        match &condition.pattern {
            Pattern::Like(patterns) => {
                let text = fold(text, self.case_sensitive);
                patterns.iter().any(|pattern| pattern.matches(&text))
            }
            Pattern::Exact(values) => {
                let text = fold(text, self.case_sensitive);
                values.iter().any(|value| *value == text)
            }
            Pattern::Regex(regex) => regex.is_match(text),
        }
    }

    /// Returns the places of the entities that match.
    pub(crate) fn places(&self, collection: &Collection, table: &Table) -> Places {
        let combine = |mut places: Places, more: Places| {
            if self.every {
                places.intersect(&more)
            } else {
                places.unite(&more)
            }
            places
        };
        let met = |condition| self.meeting(collection, table, condition);
        self.conditions.iter().map(met).reduce(combine).unwrap_or_default()
    }

    fn meeting(&self, collection: &Collection, table: &Table, condition: &Condition) -> Places {
        let mut met = Places::default();
        for member in &condition.members {
            let found = condition.pattern.holders(collection, table, member).unwrap_or_else(|| {
                condition.pattern.candidates(self.case_sensitive, &|part| table.containing(member, part))
            });
            let mut found = if self.case_sensitive { found.unsure() } else { found };
            met.unite(&found.certain);
            found.possible.subtract(&met);
            table.retain(&mut found.possible, |record| self.meets(record, member, condition));
            met.unite(&found.possible);
        }
        met
    }
}

impl Pattern {
    /// Returns the entities that have one of the exact values, if the member is unique. Needs no index of texts.
    fn holders(&self, collection: &Collection, table: &Table, member: &str) -> Option<Candidates> {
        let Self::Exact(values) = self else { return None };
        let unique = collection.unique.iter().map(|unique| unique.member).find(|unique| *unique == member)?;
        // The lower case of other texts depends on the position of a letter.
        let is_plain = values.iter().all(|value| value.is_ascii());
        let possible = || values.iter().flat_map(|value| table.places_having(unique, value)).collect();
        is_plain.then(|| Candidates { possible: possible(), ..Candidates::default() })
    }

    /// Returns the texts that can match. Those of `containing` contain a part in lower case.
    fn candidates(&self, case_sensitive: bool, containing: &dyn Fn(&[Option<char>]) -> Candidates) -> Candidates {
        match self {
            Self::Like(patterns) => {
                let found = patterns.iter().map(|pattern| pattern.candidates(case_sensitive, containing));
                found.reduce(Candidates::or).unwrap_or_default()
            }
            Self::Exact(values) => {
                let found = values.iter().map(|value| Like::exact(value).candidates(case_sensitive, containing));
                found.reduce(Candidates::or).unwrap_or_default()
            }
            Self::Regex(_) => containing(&[]).unsure(),
        }
    }
}

fn fold(text: &str, case_sensitive: bool) -> Cow<'_, str> {
    let is_lower = || text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if case_sensitive || is_lower() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().flat_map(char::to_lowercase).collect())
}

fn owned(searchable: &[&str]) -> Vec<String> {
    searchable.iter().map(|member| (*member).to_owned()).collect()
}

/// Returns the match mode for a member, or for all of them.
fn mode<'q>(query: &'q Query, member: Option<&str>) -> &'q str {
    let own = member.and_then(|member| query.get(&format!("mode.{member}")));
    own.or_else(|| query.get("mode")).unwrap_or("like")
}

fn check_mode(mode: &str) -> Outcome<()> {
    if ["like", "exact", "similar_to", "posix"].contains(&mode) {
        return Ok(());
    }
    Err(invalid(&format!("`{mode}` is not a valid match mode.")))
}

fn pattern(values: Vec<&str>, mode: &str, case_sensitive: bool) -> Outcome<Pattern> {
    if values.contains(&"") {
        return Err(invalid("A search value must not be empty."));
    }
    if mode == "exact" {
        return Ok(Pattern::Exact(values.iter().map(|value| fold(value, case_sensitive).into_owned()).collect()));
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
        _ => Ok(Pattern::Like(vec![Like::new(&fold(value, case_sensitive))])),
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

/// Returns the error for a mistake. The server adds an error without members of its own.
fn invalid(message: &str) -> Refusal {
    invalid_input(400, message).with("data", json!({}))
}

/// Returns the error for a search in another member. The server lists the columns of its database.
fn not_searchable(member: &str, searchable: &[&str]) -> Refusal {
    let columns: Vec<String> = searchable.iter().map(|member| column(member)).collect();
    let message = format!("Search field `{member}` is not valid, expect one of {}.", columns.join(", "));
    invalid(&message)
}

/// Returns the name of a member in snake case.
fn column(member: &str) -> String {
    let mut column = String::new();
    for character in member.chars() {
        if character.is_ascii_uppercase() {
            column.push('_');
        }
        column.push(character.to_ascii_lowercase());
    }
    column
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collections::USERS;
    use crate::record::Members;
    use crate::store::Store;
    use logto_admin::serde_json::json;

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
            ("search.primary_email=%25", false),
        ] {
            assert_eq!(found(query), expected, "{query}");
        }
    }

    /// Users that share parts of their texts.
    fn users(count: usize) -> Store {
        let mut store = Store::default();
        for number in 0..count {
            let members = json!({
                "id": format!("id{number}"),
                "username": format!("{}_{number}", if number % 3 == 0 { "Ada" } else { "grace" }),
                "primaryEmail": (number % 2 == 0).then(|| format!("user{number}@Example.com")),
                "primaryPhone": null,
                "name": if number % 5 == 0 { "İnci ΟΔΟΣ 日本" } else { "x" },
            });
            let members = members.as_object().unwrap().clone().into();
            store.put(&USERS, Record { id: format!("id{number}"), members, ..Record::default() });
        }
        store
    }

    #[test]
    fn searches_in_tables_of_any_size_find_the_entities_that_match() {
        for store in [users(50), users(1000)] {
            for query in [
                "search=%25",
                "search.name=%25",
                "search.primaryEmail=%25%25",
                "search=%25ada%25",
                "search=%25ADA%25",
                "search=%25Ada%25&isCaseSensitive=true",
                "search=%25Ada_1%25&isCaseSensitive=true",
                "search.username=ada%25",
                "search.username=a%25_1%255",
                "search.username=gra_e_1%25",
                "search.username=%25\\_77",
                "search.name=__ci %25&isCaseSensitive=true",
                "search.name=_nci%25&isCaseSensitive=true",
                "search=%25ΟΔΟΣ%25",
                "search=%25日_",
                "search.name=_",
                "search.primaryEmail=%25@example.com",
                "search.primaryEmail=%25@example.com&search.username=%25ada%25&joint=and",
                "search.primaryEmail=%25@example.com&search.username=%25ada%25",
                "search.primaryEmail=USER42@example.com&search.primaryEmail=user44@example.com&mode=exact",
                "search.primaryEmail=user42@Example.com&mode=exact&isCaseSensitive=true",
                "search.username=ADA_3&search.username=grace_4&search.primaryEmail=user6@example.com&mode=exact",
                "search.username=Ada_3&search.primaryEmail=user44@Example.com&mode=exact&isCaseSensitive=true",
                "search.username=ada_3é&search.username=Ada_6&mode=exact",
                "search=grace_4&mode=exact",
                "search=%5Eada_1&mode=posix",
                "search=nobody",
            ] {
                let search = Search::of(&Query::parse(query), Language::Patterns, USERS.searchable).unwrap().unwrap();
                let found = store.found(&USERS, query, |table| search.places(&USERS, table));
                let found = store.at(&USERS, &found.page(false, 0, usize::MAX));
                let expected: Vec<&Record> = store.all(&USERS).filter(|record| search.matches(record)).collect();
                let ids = |records: &[&Record]| records.iter().map(|record| record.id.clone()).collect::<Vec<_>>();
                assert_eq!(ids(&found), ids(&expected), "{query}");
                let none = query.contains("nobody") || query.contains("_77") && store.count(&USERS) < 77;
                assert_eq!(expected.is_empty(), none, "{query}");
            }
        }
    }

    #[test]
    fn invalid_searches_are_rejected() {
        for query in [
            "search.password=a",
            "search.name.first=a",
            "search=a&mode=fuzzy",
            "search=a&mode.name=fuzzy",
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
