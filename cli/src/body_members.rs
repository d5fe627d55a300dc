//! The members of request bodies, from the API documents.

use std::collections::HashMap;

use logto_admin::serde_json::{self, Value, json};
use serde::Deserialize;

/// Written by `cargo codegen`.
const BODIES: &str = include_str!("bodies.json");

#[derive(Deserialize)]
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

/// Returns the members of an operation's body: `name` with the names above it, `type`, `required` and `description`.
pub(crate) fn members(operation: &str) -> Vec<Value> {
    let mut found = Vec::new();
    if let Ok(bodies) = serde_json::from_str::<Bodies>(BODIES)
        && let Some(body) = bodies.operations.get(operation)
    {
        bodies.add(body, "", &mut Vec::new(), &mut found);
    }
    found
}

/// Returns the paths of the members that a body and its objects require, such as `color.primaryColor`. Members of objects
/// with any names are left out.
pub(crate) fn required(operation: &str) -> Vec<String> {
    let required = members(operation).into_iter().filter(|member| member["required"] == true);
    let paths = required.map(|member| crate::json_object::text(&member, "name"));
    paths.filter(|path| !path.contains('*')).collect()
}

/// Returns the type of a member of an operation's body by its path, such as `color.primaryColor`.
pub(crate) fn type_of(operation: &str, path: &str) -> Option<String> {
    let member = members(operation).into_iter().find(|member| member["name"] == path)?;
    Some(crate::json_object::text(&member, "type"))
}

impl Bodies {
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

/// Returns what is between a member and the members of its value: `[]` for a list, `.*` for an object with any names.
fn within(text: &str) -> &'static str {
    let text = text.strip_suffix(" | null").unwrap_or(text);
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
        let bodies: Bodies = serde_json::from_str(BODIES).unwrap();
        for info in TABLE {
            let body = bodies.operations.get(info.id);
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
