//! The members of request bodies, from the API documents.

use std::collections::HashMap;
use std::sync::LazyLock;

use logto_admin::serde_json::{self, Value, json};
use serde::Deserialize;

/// Written by `cargo codegen`. It is read once: a plan looks up many members.
static BODIES: LazyLock<Bodies> =
    LazyLock::new(|| serde_json::from_str(include_str!("bodies.json")).unwrap_or_default());

#[derive(Default, Deserialize)]
struct Bodies {
    operations: HashMap<String, Type>,
    types: HashMap<String, Vec<Member>>,
}

#[derive(Deserialize)]
struct Type {
    #[serde(rename = "type")]
    text: String,
    /// The type with the members.
    of: Option<String>,
}

#[derive(Deserialize)]
struct Member {
    name: String,
    required: bool,
    description: String,
    #[serde(flatten)]
    form: Type,
}

/// Returns the members of an operation's body. Each has its `name` with the names above it, `type`, `required` and
/// `description`.
pub(crate) fn members(operation: &str) -> Vec<Value> {
    let mut found = Vec::new();
    if let Some(body) = BODIES.operations.get(operation) {
        BODIES.add(body, "", &mut Vec::new(), &mut found);
    }
    found
}

/// Whether the body of an operation is an object.
pub(crate) fn takes_object(operation: &str) -> bool {
    BODIES.operations.get(operation).is_some_and(|body| body.text == "object")
}

/// Returns the paths of the required members of a body and its objects. An example is `color.primaryColor`. Members of
/// objects with any names are left out.
pub(crate) fn required(operation: &str) -> Vec<String> {
    let required = members(operation).into_iter().filter(|member| member["required"] == true);
    let paths = required.map(|member| crate::json_object::text(&member, "name"));
    paths.filter(|path| !path.contains('*')).collect()
}

/// Meaning of a path in an operation's body, such as `color.primaryColor`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A member of this type.
    Member(String),
    /// Something in an object that can have any content.
    Open,
    /// Something in the list with this path.
    InList(String),
    /// Not a member of an object that has the members with these paths.
    Unknown(Vec<String>),
}

impl Place {
    /// Returns the place with this path. Returns none if the operation has no body.
    pub(crate) fn of(operation: &str, path: &str) -> Option<Self> {
        let body = BODIES.operations.get(operation)?;
        Some(BODIES.place(body, path))
    }

    /// Returns the type of the member.
    pub(crate) fn into_type(self) -> Option<String> {
        match self {
            Self::Member(form) => Some(form),
            _ => None,
        }
    }
}

/// Types of values without members.
const PLAIN: [&str; 6] = ["string", "boolean", "integer", "number", "milliseconds", "file"];

impl Bodies {
    fn place(&self, body: &Type, path: &str) -> Place {
        let (mut text, mut of, mut before) = (body.text.as_str(), body.of.as_deref(), "");
        for step in path.split('.') {
            let value = not_null(text);
            if value.ends_with("[]") {
                return Place::InList(before.to_owned());
            }
            if let Some(values) = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                text = values;
            } else if let Some(members) = of.and_then(|of| self.types.get(of)) {
                let Some(member) = members.iter().find(|member| member.name == step) else {
                    let above = if before.is_empty() { String::new() } else { format!("{before}.") };
                    return Place::Unknown(members.iter().map(|member| format!("{above}{}", member.name)).collect());
                };
                (text, of) = (&member.form.text, member.form.of.as_deref());
            } else if PLAIN.contains(&value) {
                return Place::Unknown(Vec::new());
            } else {
                return Place::Open;
            }
            let end = if before.is_empty() { step.len() } else { before.len() + 1 + step.len() };
            before = path.get(..end).unwrap_or(path);
        }
        Place::Member(text.to_owned())
    }

    /// Adds the members of a value. `above` are the types that it is in, which can contain themselves.
    fn add<'b>(&'b self, form: &'b Type, path: &str, above: &mut Vec<&'b str>, found: &mut Vec<Value>) {
        let Some(of) = form.of.as_deref().filter(|of| !above.contains(of)) else { return };
        above.push(of);
        for member in self.types.get(of).into_iter().flatten() {
            let name = format!("{path}{}", member.name);
            found.push(json!({
                "name": name,
                "type": member.form.text,
                "required": member.required,
                "description": member.description,
            }));
            self.add(&member.form, &format!("{name}{}.", within(&member.form.text)), above, found);
        }
        above.pop();
    }
}

fn not_null(text: &str) -> &str {
    text.strip_suffix(" | null").unwrap_or(text)
}

/// Returns what is between a member and the members of its value. That is `[]` for a list, and `.*` for an object with
/// any names.
fn within(text: &str) -> &'static str {
    let text = not_null(text);
    match () {
        () if text.ends_with("[]") => "[]",
        () if text.starts_with('{') => ".*",
        () => "",
    }
}

#[cfg(test)]
mod tests {
    use logto_admin::operation::{BodyKind, TABLE};

    use super::*;

    #[test]
    fn every_operation_with_a_body_has_members_or_any_content() {
        for info in TABLE {
            let body = BODIES.operations.get(info.id);
            assert_eq!(body.is_some(), info.body != BodyKind::None, "{}", info.id);
            let is_open = body.is_none_or(|body| body.of.is_none());
            assert!(is_open || !members(info.id).is_empty(), "{}", info.id);
        }
    }

    #[test]
    fn members_of_objects_and_lists_have_paths() {
        let found = members("CreateHook");
        let find = |name: &str| found.iter().find(|member| member["name"] == name).unwrap();
        assert_eq!((&find("config")["type"], &find("config.url")["required"]), (&json!("object"), &json!(true)));
        assert!(find("events")["type"].as_str().unwrap().starts_with("(\"PostRegister\" | "));
        assert!(find("config.url")["description"].as_str().unwrap().ends_with('.'));
        let colour = members("CreateOrganization").into_iter().find(|member| member["name"] == "color.primaryColor");
        // Brackets stay, unless they are around a name.
        assert!(colour.unwrap()["description"].as_str().unwrap().contains(r"`^#[\da-f]{3}([\da-f]{3})?$`"));
        let found = members("UpdateSignInExp");
        assert!(found.iter().any(|member| member["name"] == "signIn.methods[].identifier"));
    }

    #[test]
    fn paths_lead_to_members() {
        let member = |form: &str| Place::Member(form.to_owned());
        for (operation, path, expected) in [
            ("UpdateUser", "name", member("string | null")),
            ("UpdateUser", "customData", member("object")),
            ("UpdateUser", "customData.a.b", Place::Open),
            ("UpdateUser", "name.first", Place::Unknown(Vec::new())),
            ("CreateUser", "name.first", Place::Unknown(Vec::new())),
            ("UpdateSignInExp", "customContent.a", member("string")),
            ("CreateHook", "config.headers.X-Key", member("string")),
            ("UpdateSignInExp", "signIn.methods.0", Place::InList("signIn.methods".to_owned())),
            ("ReplaceCustomPhrase", "a.b", Place::Open),
            ("TestJwtCustomizer", "context.user.identities.google.userId", member("string")),
        ] {
            assert_eq!(Place::of(operation, path), Some(expected), "{operation} {path}");
        }
        let Some(Place::Unknown(known)) = Place::of("UpdateUser", "profile.nicknam") else { panic!("unknown") };
        assert!(known.contains(&"profile.nickname".to_owned()), "{known:?}");
        assert_eq!(Place::of("GetUser", "name"), None);
    }

    #[test]
    fn objects_require_members() {
        let found = required("UpdateSignInExp");
        for path in ["color.primaryColor", "signIn.methods[].identifier", "mfa.factors"] {
            assert!(found.contains(&path.to_owned()), "{path}: {found:?}");
        }
        assert!(!found.iter().any(|path| path.starts_with("customContent")), "{found:?}");
        let found = required("ReplaceEmailTemplates");
        assert!(["templates", "templates[].details.content"].iter().all(|path| found.contains(&(*path).to_owned())));
    }

    #[test]
    fn multipart_forms_have_files() {
        let [file] = &members("CreateUserAsset")[..] else { panic!("one part") };
        assert_eq!((&file["name"], &file["type"], &file["required"]), (&json!("file"), &json!("file"), &json!(true)));
        assert!(file["description"].as_str().unwrap().ends_with('.'));
    }
}
