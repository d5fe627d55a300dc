use std::collections::BTreeSet;

use logto_admin::operation::{find, without_names};
use serde_json::Value;

use super::super::entity_members::{Form, Known, known};
use super::*;

/// Returns the operations of a kind.
fn operations(kind: &Kind) -> Vec<&'static str> {
    let (Read::List(read) | Read::One(read)) = kind.read;
    let mut all = vec![read];
    all.extend(kind.create.iter().chain(&kind.update).map(|write| write.operation));
    all.extend(kind.delete);
    all.extend(kind.models.map(|models| models.list));
    all.extend(kind.phrases.map(|phrases| phrases.read));
    for part in kind.parts {
        match part {
            Part::Member { write, .. } => all.push(write.operation),
            Part::Document { read, write, .. } => all.extend([*read, write.operation]),
            Part::Links(links) => {
                all.push(links.read);
                match links.change {
                    LinkChange::Replace(replace, _) => all.push(replace),
                    LinkChange::AddRemove { add, remove, .. } => all.extend([add, remove]),
                }
            }
        }
    }
    all
}

#[test]
fn operations_exist_and_are_as_old_as_their_kind() {
    for kind in ALL {
        let since = kind.read_info().unwrap().since;
        for id in operations(kind) {
            let info = find(id).unwrap_or_else(|| panic!("{id}"));
            assert!(info.since <= since && info.until.is_none(), "{id}");
        }
    }
}

#[test]
fn owners_and_references_come_first() {
    for (at, kind) in ALL.iter().enumerate() {
        let before = &ALL[..at];
        let needed =
            kind.owner.map(|owner| (owner.kind)()).into_iter().chain(kind.links().filter_map(|links| links.kind()));
        for needed in needed {
            assert!(before.iter().any(|kind| kind.is(needed)), "{} before {}", needed.noun, kind.noun);
        }
    }
}

#[test]
fn keys_parts_and_secrets_are_members() {
    for kind in ALL {
        let place = |path: &str| path.split('.').filter(|step| *step != "*").map(str::to_owned).collect::<Vec<_>>();
        let parts = kind.parts.iter().map(|part| match part {
            Part::Member { member, .. } | Part::Document { member, .. } => *member,
            Part::Links(links) => links.member,
        });
        for path in kind.key.iter().chain(kind.secrets).copied().chain(parts).chain(kind.beside.map(|beside| beside.0))
        {
            assert_ne!(known(kind.members, &place(path)), Known::Nothing, "{} {path}", kind.noun);
        }
    }
}

#[test]
fn nouns_are_unique() {
    let mut nouns: Vec<&str> = ALL.iter().map(|kind| kind.noun).collect();
    nouns.sort_unstable();
    nouns.dedup();
    assert_eq!(nouns.len(), ALL.len());
}

/// Returns the schema of the body of an operation.
fn schema<'d>(document: &'d Value, id: &str) -> Option<&'d Value> {
    Some(&operation(document, id)?["requestBody"]["content"]["application/json"]["schema"])
}

fn operation<'d>(document: &'d Value, id: &str) -> Option<&'d Value> {
    let info = find(id).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let same = |path: &str| without_names(path) == without_names(info.path);
    let (_, item) = paths.iter().find(|(path, _)| same(path))?;
    item.get(info.method.as_str().to_lowercase())
}

/// Returns the schemas of the column of the database with a member of new entities. Members of objects have none.
fn columns<'d>(document: &'d Value, kind: &Kind, member: &str) -> Vec<&'d Value> {
    let answer = kind.create.or(kind.update).and_then(|write| {
        let answers = &operation(document, write.operation)?["responses"];
        let created =
            ["200", "201"].into_iter().map(|status| &answers[status]["content"]["application/json"]["schema"]);
        created.into_iter().find(|schema| !schema.is_null())
    });
    let answer = answer.filter(|_| !member.contains('.'));
    answer.map(|schema| at(document, schema, &[member])).unwrap_or_default()
}

/// Returns the paths of the members in the body of an operation.
fn documented(document: &Value, id: &str) -> Option<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    collect(document, schema(document, id)?, "", &mut found);
    Some(found)
}

fn collect(document: &Value, schema: &Value, path: &str, found: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return collect(document, &document["components"]["schemas"][name], path, found);
    }
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    for choice in ["oneOf", "anyOf", "allOf"] {
        schema[choice].as_array().into_iter().flatten().for_each(|schema| collect(document, schema, path, found));
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        found.insert(below(name));
        collect(document, schema, &below(name), found);
    }
    if schema["items"].is_object() {
        collect(document, &schema["items"], &below("*"), found);
    }
}

/// Returns the path of a member in the body of a call.
fn in_body(write: Write, path: &str) -> String {
    match write.body {
        Body::ListIn(list) => format!("{list}.*.{path}"),
        Body::Members => path.to_owned(),
        Body::Value(member) => path.strip_prefix(member).unwrap_or(path).trim_start_matches('.').to_owned(),
    }
}

/// Members with other forms in bodies, or whose parts the documents do not list.
fn is_special(kind: &'static Kind, path: &str) -> bool {
    let name = path.split('.').next().unwrap();
    if name == "usernamePolicy" {
        return true;
    }
    let is_value = matches!(kind.create, Some(Write { body: Body::Value(_), .. }));
    let in_path = kind.address == Address::Key && kind.key.contains(&path);
    let is_link = kind.links().any(|links| links.member == name);
    is_value || in_path || is_link || path.ends_with(".*") || kind.owned().any(|(_, member)| member == name)
}

/// Returns the schemas of the values at this path of a schema.
fn at<'d>(document: &'d Value, schema: &'d Value, path: &[&str]) -> Vec<&'d Value> {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return at(document, &document["components"]["schemas"][name], path);
    }
    let choices = ["oneOf", "anyOf", "allOf"].into_iter().flat_map(|choice| schema[choice].as_array()).flatten();
    let mut found: Vec<&Value> = choices.flat_map(|schema| at(document, schema, path)).collect();
    match path {
        ["*", rest @ ..] => found.extend(at(document, &schema["items"], rest)),
        [name, rest @ ..] => found.extend(at(document, &schema["properties"][*name], rest)),
        [] => found.push(schema),
    }
    found
}

/// Returns the schemas of a member in the bodies of operations. The operations are those that write its kind.
fn schemas<'d>(document: &'d Value, kind: &Kind, member: &str) -> Vec<&'d Value> {
    let parts = kind.parts.iter().filter_map(Part::write);
    let writes = kind.create.into_iter().chain(kind.update).chain(parts);
    let found = writes.filter_map(|write| {
        let path = in_body(write, member);
        Some(at(document, schema(document, write.operation)?, &path.split('.').collect::<Vec<_>>()))
    });
    found.flatten().collect()
}

/// Returns the type of a value.
fn form(document: &Value, schema: &Value) -> Option<Form> {
    Some(match schema["type"].as_str()? {
        "string" => Form::Text,
        "boolean" => Form::Flag,
        "number" | "integer" => Form::Number,
        "object" => Form::Object,
        "array" => {
            let is_text = at(document, schema, &["*"]).into_iter().any(|items| items["type"] == "string");
            if is_text { Form::Texts } else { Form::List }
        }
        _ => return None,
    })
}

/// Returns the shortest and the longest text of a value, or of each text of a list.
fn length(document: &Value, schema: &Value) -> (usize, usize) {
    let texts = if schema["type"] == "array" { at(document, schema, &["*"]) } else { vec![schema] };
    let limit = |schema: &Value, name: &str| schema[name].as_u64().map(|limit| usize::try_from(limit).unwrap());
    let limits =
        |schema: &Value| (limit(schema, "minLength").unwrap_or(0), limit(schema, "maxLength").unwrap_or(usize::MAX));
    texts.into_iter().map(limits).reduce(narrower).unwrap_or((0, usize::MAX))
}

fn narrower(one: (usize, usize), other: (usize, usize)) -> (usize, usize) {
    (one.0.max(other.0), one.1.min(other.1))
}

#[test]
fn texts_are_as_long_as_the_documents_of_all_releases_permit() {
    let mut wrong = Vec::new();
    for document in [17, 20, 24, 30, 36, 42].map(document) {
        for kind in ALL {
            for member in kind.members.iter().filter(|member| !is_special(kind, member.path)) {
                let mut found = schemas(&document, kind, member.path);
                found.extend(columns(&document, kind, member.path));
                let found = found.into_iter().filter(|schema| !schema.is_null());
                let found = found.map(|schema| length(&document, schema)).reduce(narrower);
                if let Some(found) = found.filter(|found| *found != member.length) {
                    wrong.push(format!("{} {}: {found:?}", kind.noun, member.path));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn values_and_urls_are_those_of_the_documents_of_all_releases() {
    let mut wrong = Vec::new();
    for document in [17, 20, 24, 30, 36, 42].map(document) {
        for kind in ALL {
            for member in kind.members.iter().filter(|member| matches!(member.form, Form::Text | Form::Texts)) {
                let mut texts = schemas(&document, kind, member.path);
                texts.extend(texts.clone().into_iter().flat_map(|schema| at(&document, schema, &["*"])));
                // A constant is a format in quotes.
                let constants = texts.iter().filter_map(|schema| schema["format"].as_str()?.strip_prefix('"'));
                let listed = texts.iter().filter_map(|schema| schema["enum"].as_array()).flatten();
                let values = listed.filter_map(Value::as_str).chain(constants.map(|text| text.trim_end_matches('"')));
                let lacks = values.filter(|value| !member.values.contains(value)).collect::<Vec<_>>();
                if !lacks.is_empty() {
                    wrong.push(format!("{} {}: lacks the values {lacks:?}", kind.noun, member.path));
                }
                let has = |format: &str| texts.iter().any(|schema| schema["format"] == format);
                let refuses = |text: &str| (member.refusal)(text).is_some();
                if (has("url") || has("email")) && !(refuses("text") && refuses("") != has("empty")) {
                    wrong.push(format!("{} {}: refuses other texts", kind.noun, member.path));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

fn document(minor: u16) -> Value {
    let path = format!("{}/../spec/logto-1.{minor}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Members that the documents describe as objects although they are URLs.
const URLS: [&str; 3] =
    ["oidcClientMetadata.redirectUris", "oidcClientMetadata.postLogoutRedirectUris", "deleteAccountUrl"];

#[test]
fn members_have_the_types_of_the_documents() {
    let document = document(42);
    let mut wrong = Vec::new();
    for kind in ALL {
        for member in
            kind.members.iter().filter(|member| !is_special(kind, member.path) && !URLS.contains(&member.path))
        {
            let found: BTreeSet<Form> = schemas(&document, kind, member.path)
                .into_iter()
                .filter_map(|schema| form(&document, schema))
                .collect();
            let wanted = match member.form {
                // The documents have no integers in bodies. The columns of the database do.
                Form::Integer => Form::Number,
                Form::NamedTexts => Form::Object,
                form => form,
            };
            if !found.is_empty() && !found.contains(&wanted) {
                wrong.push(format!("{} {}: {:?}, and the document has {found:?}", kind.noun, member.path, member.form));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// Compares the members with the documents of each sampled release.
#[test]
fn members_are_those_of_the_documents_since_the_right_release() {
    let documents = [17, 20, 24, 30, 36, 42].map(|minor| (minor, document(minor)));
    let mut wrong = Vec::new();
    for kind in ALL {
        let mut writes: Vec<Write> = kind.create.iter().chain(&kind.update).copied().collect();
        writes.extend(kind.parts.iter().filter_map(|part| match part {
            Part::Member { write, .. } | Part::Document { write, .. } => Some(*write),
            Part::Links(_) => None,
        }));
        for member in kind.members.iter().filter(|member| !is_special(kind, member.path)) {
            let has = |document: &Value| {
                let in_write = |write: &Write| {
                    Some(documented(document, write.operation)?.contains(&in_body(*write, member.path)))
                };
                let known: Vec<bool> = writes.iter().filter_map(in_write).collect();
                (!known.is_empty()).then(|| known.contains(&true))
            };
            let lacking =
                documents.iter().filter(|(_, document)| has(document) == Some(false)).map(|(minor, _)| minor + 1);
            let since = lacking.max().unwrap_or(0);
            if member.since != since {
                wrong.push(format!("{} {}: since {since}", kind.noun, member.path));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn settings_of_profile_fields_are_those_of_the_document() {
    let document = document(42);
    let choices = schema(&document, "CreateCustomProfileField").unwrap()["oneOf"].as_array().unwrap();
    let settings = choices.iter().map(|field| {
        let kind = field["properties"]["type"]["format"].as_str().unwrap().trim_matches('"');
        let config = field["properties"]["config"]["properties"].as_object().unwrap();
        (kind, config.keys().map(String::as_str).collect::<BTreeSet<_>>())
    });
    let names = |kind: &str| {
        let field = choices.iter().find(|field| field["properties"]["type"]["format"] == format!("{kind:?}")).unwrap();
        at(&document, field, &["config", "parts", "*", "name"])[0]["enum"].clone()
    };
    assert_eq!(names("Fullname"), serde_json::json!(templates::PARTS_OF_NAMES));
    assert!(
        names("Address")
            .as_array()
            .unwrap()
            .iter()
            .all(|name| !templates::PARTS_OF_NAMES.contains(&name.as_str().unwrap()))
    );
    let known = templates::SETTINGS.iter().map(|(kind, settings, _)| (*kind, settings.iter().copied().collect()));
    assert_eq!(settings.collect::<Vec<_>>(), known.collect::<Vec<_>>());
}
