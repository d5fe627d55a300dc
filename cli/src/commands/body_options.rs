//! The body of a call: `--body` and `--set`.

use std::fs::File;
use std::io;
use std::path::Path;

use logto_admin::operation::{BodyKind, OperationInfo};
use logto_admin::serde_json::{self, Map, Value};
use logto_admin::types::{Part, Upload};
use logto_admin::{Request, Untyped};

use super::set_value::value_of;
use crate::body_members::{Place, takes_object};
use crate::failure::{Failure, Result};
use crate::lost_digits::loses_digits;
use crate::unique_keys::Unique;
use crate::{files, json_object};

/// The body of a call.
#[derive(clap::Args, Debug)]
pub struct Body {
    /// Body: JSON, `@FILE`, or `-` for standard input, of at most 64 MiB
    #[arg(long, value_name = "JSON")]
    body: Option<String>,
    /// Member of the body, such as `profile.nickname=A`
    ///
    /// A value that is JSON is sent as such, unless the member is a text. In a multipart form, `@FILE` is a file of at
    /// most 64 MiB.
    #[arg(long, value_name = "MEMBER=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
}

/// Splits `NAME=VALUE`.
pub(super) fn pair(text: &str) -> std::result::Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("missing `=`: write NAME=VALUE")?;
    if name.is_empty() {
        return Err("missing the name before `=`".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// Fails if a member is set twice, also as a part of another one.
pub(super) fn check_repeated(set: &[(String, String)]) -> Result<()> {
    for (at, (member, _)) in set.iter().enumerate() {
        let is_replaced =
            |earlier: &str| earlier.strip_prefix(member).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        if let Some((earlier, _)) = set.iter().take(at).find(|(earlier, _)| is_replaced(earlier)) {
            return Err(Failure::usage(format!("--set sets `{earlier}` twice")));
        }
    }
    Ok(())
}

/// Sets a member of an operation's body, such as `profile.nickname`. Objects on the way are created.
pub(super) fn set(body: &mut Value, operation: Option<&str>, member: &str, text: &str) -> Result<()> {
    let place = operation.and_then(|operation| Place::of(operation, member));
    if let Some(at) = member.find('[') {
        return Err(in_list(member, member.get(..at).unwrap_or_default()));
    }
    if let Some(Place::InList(list)) = &place {
        return Err(in_list(member, list));
    }
    let form = place.and_then(Place::into_type);
    let value = value_of(form.as_deref(), text);
    let is_integer = matches!(form.as_deref(), Some("integer" | "milliseconds"));
    if json_object::might_be_rounded(&value) && (is_integer || loses_digits(text)) {
        let why = if is_integer { "an integer of the API has at most 64 bits" } else { json_object::ROUNDED };
        return Err(Failure::usage(format!("cannot set `{member}`: {why}")));
    }
    let mut place = body;
    for name in member.split('.') {
        if name.is_empty() {
            return Err(Failure::usage(format!("cannot set `{member}`: a name is empty")));
        }
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(members) = place else {
            return Err(Failure::usage(format!("cannot set `{member}`: `{name}` is not in an object")));
        };
        place = members.entry(name).or_insert(Value::Null);
    }
    *place = value;
    Ok(())
}

fn in_list(member: &str, list: &str) -> Failure {
    Failure::usage(format!("cannot set `{member}`: a list is set as a whole"))
        .with_hint(format!("write the list as JSON, such as `--set '{list}=[…]'`"))
}

impl Body {
    /// Returns the members that `--set` sets, with their values.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &str)> {
        self.set.iter().map(|(member, value)| (member.as_str(), value.as_str()))
    }

    pub(super) const fn is_given(&self) -> bool {
        self.body.is_some() || !self.set.is_empty()
    }

    /// Adds the body to a request, in the form that the operation requires. `is_checked` is whether it must be an object if
    /// the operation requires one.
    pub(super) fn add(
        &self,
        request: Request<Untyped>,
        info: Option<&OperationInfo>,
        is_checked: bool,
    ) -> Result<Request<Untyped>> {
        let kind = info.map_or(BodyKind::None, |info| info.body);
        if let BodyKind::Multipart { .. } = kind {
            return self.add_parts(request);
        }
        let Some(body) = self.value(info.map(|info| info.id))? else { return Ok(request) };
        if let Some(info) = info.filter(|info| is_checked && takes_object(info.id) && !body.is_object()) {
            return Err(Failure::usage(format!("the body of {} must be an object", info.id)));
        }
        Ok(if let BodyKind::Form { .. } = kind { request.form(&body) } else { request.json(&body) })
    }

    /// Returns the value of `--body`, with the members of `--set`.
    fn value(&self, operation: Option<&str>) -> Result<Option<Value>> {
        let given = self.body.as_deref().map(parsed).transpose()?;
        if self.set.is_empty() {
            return Ok(given);
        }
        check_repeated(&self.set)?;
        let mut body = given.unwrap_or_else(|| Value::Object(Map::new()));
        for (member, value) in &self.set {
            set(&mut body, operation, member, value)?;
        }
        Ok(Some(body))
    }

    fn add_parts(&self, request: Request<Untyped>) -> Result<Request<Untyped>> {
        if self.body.is_some() || self.set.is_empty() {
            let message =
                "the operation requires a multipart form: pass its parts with --set, such as --set file=@FILE";
            return Err(Failure::usage(message));
        }
        let parts = self.set.iter().map(|(name, value)| part(name, value)).collect::<Result<Vec<_>>>()?;
        Ok(request.multipart(&parts))
    }
}

fn unreadable(what: &str, error: &io::Error) -> Failure {
    Failure::usage(format!("cannot read {what}: {error}"))
}

fn parsed(text: &str) -> Result<Value> {
    let (what, json) = match text.strip_prefix('@') {
        Some(file) => (file, files::text(Path::new(file)).map_err(|error| unreadable(file, &error))?),
        None if text == "-" => {
            let json = files::whole_text(io::stdin()).map_err(|error| unreadable("standard input", &error))?;
            ("standard input", json)
        }
        None => ("--body", text.to_owned()),
    };
    let parsed = serde_json::from_str(&json);
    let Unique(value) = parsed.map_err(|error| Failure::usage(format!("{what} is not valid JSON: {error}")))?;
    if loses_digits(&json) {
        return Err(Failure::usage(format!("cannot send {what}: {}", json_object::ROUNDED)));
    }
    Ok(value)
}

/// Returns a part of a multipart form: a file, or text.
fn part(name: &str, value: &str) -> Result<Part> {
    let Some(file) = value.strip_prefix('@') else { return Ok(Part::text(name, value)) };
    let bytes = File::open(file).and_then(files::whole).map_err(|error| unreadable(file, &error))?;
    let path = Path::new(file);
    let file_name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(Part::file(name, Upload::new(file_name, media_type(path), bytes)))
}

/// Returns the media type of a file that Logto accepts, by the end of its name.
fn media_type(path: &Path) -> &'static str {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    match extension.to_str().unwrap_or_default() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "ico" => "image/x-icon",
        "svg" => "image/svg+xml",
        "tif" | "tiff" => "image/tiff",
        "webp" => "image/webp",
        "bmp" => "image/bmp",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_of_the_body_are_json_or_text() {
        let mut body = json!({ "profile": { "nickname": "A" } });
        for (member, value) in [("profile.age", "3"), ("name", "Ada"), ("a.b.c", "true"), ("phone", "\"15\"")] {
            set(&mut body, None, member, value).unwrap();
        }
        let expected = json!({ "profile": { "nickname": "A", "age": 3 }, "name": "Ada", "a": { "b": { "c": true } }, "phone": "15" });
        assert_eq!(body, expected);
        for (member, why) in [("name.first", "`first` is not in an object"), ("a..b", "a name is empty")] {
            let error = set(&mut body, None, member, "x").unwrap_err().to_string();
            assert_eq!(error, format!("cannot set `{member}`: {why}"));
        }
    }

    #[test]
    fn members_that_are_texts_get_texts() {
        for (operation, member, value, expected) in [
            ("CreateUser", "primaryPhone", "4915112345", json!("4915112345")),
            ("CreateUser", "password", "12345678", json!("12345678")),
            ("CreateUser", "name", "null", json!("null")),
            ("CreateUser", "name", "{}", json!("{}")),
            ("CreateUser", "name", "\"2024\"", json!("2024")),
            ("UpdateUser", "name", "2024", json!("2024")),
            ("UpdateUser", "name", "null", json!(null)),
            ("UpdateUser", "profile.nickname", "007", json!("007")),
            ("UpdateUser", "profile.nickname", "7", json!("7")),
            ("UpdateUser", "customData.seats", "7", json!(7)),
            ("UpdateUserIsSuspended", "isSuspended", "true", json!(true)),
            ("UpdateSignInExp", "customContent.a", "5", json!("5")),
            ("CreateHook", "config.headers.X", "true", json!("true")),
            ("CreateUser", "name", "123456789012345678901234567890", json!("123456789012345678901234567890")),
        ] {
            let mut body = json!({});
            set(&mut body, Some(operation), member, value).unwrap();
            assert_eq!(body.pointer(&format!("/{}", member.replace('.', "/"))), Some(&expected), "{member}={value}");
        }
    }

    #[test]
    fn lists_are_set_as_a_whole_and_numbers_are_not_rounded() {
        for (operation, member) in [
            (Some("UpdateSignInExp"), "signIn.methods[0].identifier"),
            (Some("UpdateSignInExp"), "signIn.methods.0"),
            (None, "methods[0]"),
        ] {
            let failure = set(&mut json!({}), operation, member, "email").unwrap_err();
            assert_eq!(failure.message(), format!("cannot set `{member}`: a list is set as a whole"));
            assert!(failure.hint().unwrap().contains("methods=[…]"), "{failure}");
        }
        for value in ["123456789012345678901234567890", "[-123456789012345678901234567890]"] {
            let message = set(&mut json!({}), Some("UpdateUser"), "customData.n", value).unwrap_err().to_string();
            assert!(message.starts_with("cannot set `customData.n`: a number has more than 64 bits"), "{message}");
            assert!(parsed(value).unwrap_err().to_string().starts_with("cannot send --body: "));
        }
        let mut body = json!({});
        set(&mut body, Some("UpdateUser"), "customData.n", "1e21").unwrap();
        assert_eq!((&body["customData"]["n"], parsed("1e21").unwrap()), (&json!(1e21), json!(1e21)));
        let integer = set(&mut body, Some("CreateResource"), "accessTokenTtl", "1e21").unwrap_err();
        assert_eq!(integer.message(), "cannot set `accessTokenTtl`: an integer of the API has at most 64 bits");
    }

    #[test]
    fn pairs_need_a_name_and_an_equals_sign() {
        assert_eq!(pair("search=%a=b%"), Ok(("search".into(), "%a=b%".into())));
        assert!(pair("search").is_err() && pair("=x").is_err());
    }
}
