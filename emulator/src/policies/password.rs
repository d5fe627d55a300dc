//! The password policy of the sign-in experience. Passwords are not looked up in lists of leaked ones.

use logto_admin::serde_json::{Value, json};

use crate::errors::{Outcome, Refusal};
use crate::passwords;
use crate::record::{Fields, Members, Record};
use crate::state::State;

/// Rows that people type in order.
const ROWS: [&str; 6] =
    ["0123456789", "1234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm"];
/// The shortest repetition, sequence or part of a name that counts.
const SHORTEST: usize = 3;

/// A password policy, with defaults for what it leaves out.
pub(crate) struct PasswordPolicy<'p>(&'p Value);

impl<'p> PasswordPolicy<'p> {
    pub(crate) const fn new(policy: &'p Value) -> Self {
        Self(policy)
    }

    fn number(&self, group: &str, name: &str, default: usize) -> usize {
        let number = self.0.get(group).and_then(|group| group.get(name)).and_then(Value::as_f64);
        number.map_or(default, |number| number as usize)
    }

    fn rejects(&self, name: &str) -> bool {
        self.0.get("rejects").and_then(|rejects| rejects.get(name)) != Some(&Value::Bool(false))
    }

    /// Returns whether passwords must not be in lists of leaked ones.
    pub(crate) fn looks_up_leaks(&self) -> bool {
        self.rejects("pwned")
    }

    /// Returns whether the policy depends on the user.
    pub(crate) fn needs_user(&self) -> bool {
        self.rejects("userInfo")
    }

    /// Returns why a password is rejected.
    pub(crate) fn issues(&self, password: &str, user: Option<&Record>) -> Vec<Value> {
        let mut issues = Vec::new();
        let mut reject = |code: &str, name: &str, bound: usize| {
            let code = format!("password_rejected.{code}");
            issues.push(json!({ "code": code, "interpolation": { name: bound } }));
        };
        let characters: Vec<char> = password.to_lowercase().chars().collect();
        let (least, most) = (self.number("length", "min", 8), self.number("length", "max", 256));
        match characters.len() {
            length if length < least => reject("too_short", "min", least),
            length if length > most => reject("too_long", "max", most),
            _ => {}
        }
        let types = self.number("characterTypes", "min", 1);
        if character_types(password) < types {
            reject("character_types", "min", types);
        }
        let words = self.0.get("rejects").and_then(|rejects| rejects.get("words")).and_then(Value::as_array);
        let words: Vec<String> = words.into_iter().flatten().filter_map(Value::as_str).map(str::to_lowercase).collect();
        let info = user.filter(|_| self.rejects("userInfo")).map(user_info).unwrap_or_default();
        let mut covered = vec![false; characters.len()];
        let mut found = Vec::new();
        for (code, lengths) in [
            ("repetition", self.spans(&characters, repetition)),
            ("sequence", self.spans(&characters, sequence)),
            ("user_info", occurrences(&characters, &info)),
            ("words", occurrences(&characters, &words)),
        ] {
            if lengths.is_empty() {
                continue;
            }
            found.push(code);
            for (start, length) in lengths {
                covered.iter_mut().skip(start).take(length).for_each(|covered| *covered = true);
            }
        }
        // Restricted phrases are acceptable in a password that is long enough without them.
        if covered.iter().filter(|covered| !**covered).count() < least {
            issues.extend(found.iter().map(|code| json!({ "code": format!("password_rejected.restricted.{code}") })));
        }
        issues
    }

    /// Returns start and length of the phrases that a test finds. None if the policy permits them.
    fn spans(&self, characters: &[char], test: fn(&[char]) -> usize) -> Vec<(usize, usize)> {
        if !self.rejects("repetitionAndSequence") {
            return Vec::new();
        }
        let (mut spans, mut start) = (Vec::new(), 0);
        while let Some(rest) = characters.get(start..).filter(|rest| !rest.is_empty()) {
            let length = test(rest);
            if length >= SHORTEST {
                spans.push((start, length));
            }
            start += length.max(1);
        }
        spans
    }
}

/// Rejects the password that a user has. A digest that was computed elsewhere may be replaced by that of the same password.
pub(crate) fn refuse_same(state: &mut State, hidden: &Fields, password: &str) -> Outcome<()> {
    if passwords::is_own(hidden) && state.jobs.verify(hidden, password)? {
        return Err(Refusal::new(422, "user.same_password", "New password cannot be the same as your old password."));
    }
    Ok(())
}

/// Returns the error for a rejected password.
pub(crate) fn rejected(issues: Vec<Value>) -> Refusal {
    Refusal::new(422, "password.rejected", "Password rejected. Please check if your password meets the requirements.")
        .with("data", issues)
}

fn character_types(password: &str) -> usize {
    let tests: [fn(char) -> bool; 4] = [
        |character| character.is_ascii_lowercase(),
        |character| character.is_ascii_uppercase(),
        |character| character.is_ascii_digit(),
        |character| !character.is_ascii_alphanumeric(),
    ];
    tests.iter().filter(|test| password.chars().any(**test)).count()
}

/// Returns how often the first character is repeated at the start.
fn repetition(characters: &[char]) -> usize {
    characters.iter().take_while(|character| Some(*character) == characters.first()).count()
}

/// Returns the length of the sequence at the start, such as `1234` or `lkjh`.
fn sequence(characters: &[char]) -> usize {
    let forward = ROWS.iter().map(|row| row.chars().collect::<Vec<char>>());
    let backward = ROWS.iter().map(|row| row.chars().rev().collect::<Vec<char>>());
    let common = |row: Vec<char>| {
        let start = row.iter().position(|character| Some(character) == characters.first())?;
        Some(row.iter().skip(start).zip(characters).take_while(|(one, other)| one == other).count())
    };
    forward.chain(backward).filter_map(common).max().unwrap_or_default()
}

/// Returns start and length of each occurrence of a phrase.
fn occurrences(characters: &[char], phrases: &[String]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for phrase in phrases {
        let phrase: Vec<char> = phrase.chars().collect();
        let starts = characters.windows(phrase.len().max(1)).enumerate();
        found.extend(starts.filter(|(_, part)| *part == phrase).map(|(start, _)| (start, phrase.len())));
    }
    found
}

/// Returns the names and addresses of a user, in lower case.
fn user_info(user: &Record) -> Vec<String> {
    let email = user.text("primaryEmail").split('@').next().unwrap_or_default();
    let names = user.text("name").split_whitespace();
    let all = names.chain([user.text("username"), email, user.text("primaryPhone")]);
    all.filter(|text| text.len() >= SHORTEST).map(str::to_lowercase).collect()
}

/// Returns the password policy in a sign-in experience.
pub(crate) fn policy_of(experience: &Members) -> &Value {
    experience.get("passwordPolicy").unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(policy: &Value, password: &str) -> Vec<String> {
        let user = json!({ "name": "Ada Lovelace", "username": "countess" });
        let user = Record { members: user.as_object().unwrap().clone().into(), ..Record::default() };
        let issues = PasswordPolicy::new(policy).issues(password, Some(&user));
        issues.iter().map(|issue| issue["code"].as_str().unwrap().replace("password_rejected.", "")).collect()
    }

    #[test]
    fn passwords_are_checked_as_on_the_server() {
        let policy = json!({ "length": { "min": 8, "max": 20 }, "characterTypes": { "min": 2 }, "rejects": { "words": ["acme"] } });
        assert_eq!(codes(&policy, "123456"), ["too_short", "character_types", "restricted.sequence"]);
        assert_eq!(codes(&policy, "aaaa1111"), ["restricted.repetition"]);
        assert_eq!(codes(&policy, "Zx9!kkQ2pp"), [""; 0]);
        assert_eq!(codes(&policy, "acme9!kkQ2pp"), [""; 0], "long enough without the word");
        assert_eq!(codes(&policy, "acme9!kk"), ["restricted.words"]);
        assert_eq!(codes(&policy, "Lovelace9!"), ["restricted.user_info"]);
        assert_eq!(codes(&policy, "Zx9!kkQ2ppZx9!kkQ2ppZ"), ["too_long"]);
        let lax = json!({ "rejects": { "repetitionAndSequence": false, "userInfo": false } });
        assert_eq!(codes(&lax, "aaaaaaaa"), [""; 0]);
        assert_eq!(codes(&lax, "lovelace"), [""; 0]);
    }
}
