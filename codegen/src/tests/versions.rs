//! Older releases loosen the newest one.

use serde_json::{Value, json};

use super::{settings, small};
use crate::corrections::{Corrections, Document};
use crate::emit;
use crate::failure::Result;
use crate::operations::AnswerKind;
use crate::pipeline::Plan;
use crate::release::Release;

const ITEMS: &str = "/paths/~1api~1pets/get/responses/200/content/application~1json/schema/items";

/// Merges the small document with an older one. There, `change` was applied to the schema of a pet.
fn merged(change: impl Fn(&mut Value)) -> Result<Plan> {
    let mut older = small();
    for pointer in [ITEMS, "/paths/~1api~1pets/post/responses/201/content/application~1json/schema"] {
        change(older.pointer_mut(pointer).unwrap());
    }
    let release = Release::try_from("1.36".to_owned()).unwrap();
    let documents = vec![Document { release: Release::NEXT, value: small() }, Document { release, value: older }];
    Plan::of(documents, settings(), &Corrections::default(), true)
}

/// A release, and how its document differs from the small one.
type Change = (&'static str, fn(&mut Value));

/// Merges the small document with older releases, from the newest to the oldest. Each has a change.
fn merged_with(changes: [Change; 2]) -> Result<Plan> {
    let older = changes.into_iter().map(|(release, change)| {
        let mut value = small();
        change(&mut value);
        Document { release: Release::try_from(release.to_owned()).unwrap(), value }
    });
    let newest = Document { release: Release::NEXT, value: small() };
    Plan::of([newest].into_iter().chain(older).collect(), settings(), &Corrections::default(), true)
}

/// The generated struct for a pet.
fn pet(plan: &Plan) -> String {
    let files = emit::files(plan).unwrap();
    let text = &files["src/models/pets.rs"];
    let start = text.find("pub struct Pet {").unwrap();
    text[start..].split_once("\n}").unwrap().0.to_owned()
}

fn remove_member(schema: &mut Value, name: &str) {
    schema["properties"].as_object_mut().unwrap().remove(name);
    if let Some(required) = schema["required"].as_array_mut() {
        required.retain(|member| member != name);
    }
}

#[test]
fn a_member_that_an_older_release_lacks_is_optional_and_says_since_when() {
    assert!(pet(&merged(|_| {}).unwrap()).contains("pub id: String"));
    let pet = pet(&merged(|pet| remove_member(pet, "id")).unwrap());
    assert!(pet.contains("pub id: Option<String>"), "{pet}");
    assert!(pet.contains("/// Since the release after Logto 1.42."), "{pet}");
}

#[test]
fn a_member_that_was_removed_stays_and_says_until_when() {
    let pet = pet(&merged(|pet| pet["properties"]["weight"] = json!({"type": "number"})).unwrap());
    assert!(pet.contains("pub weight: Option<i64>"), "{pet}");
    assert!(pet.contains("/// Up to Logto 1.36."), "{pet}");
}

#[test]
fn a_member_that_only_a_release_in_between_lacks_has_no_first_release() {
    let lacks = |document: &mut Value| remove_member(document.pointer_mut(ITEMS).unwrap(), "id");
    let pet = pet(&merged_with([("1.42", lacks), ("1.36", |_| {})]).unwrap());
    assert!(pet.contains("pub id: Option<String>") && !pet.contains("Since"), "{pet}");
}

#[test]
fn a_body_that_newer_releases_lack_stays_as_an_option() {
    let add = |document: &mut Value| {
        let content = json!({ "application/json": { "schema": { "type": "object", "properties": { "why": { "type": "string" } } } } });
        document["paths"]["/api/pets"]["get"]["requestBody"] = json!({ "required": true, "content": content });
    };
    let text: String =
        emit::files(&merged_with([("1.42", |_| {}), ("1.36", add)]).unwrap()).unwrap().into_values().collect();
    assert!(text.contains("pub fn body(self, body: impl Borrow<models::ListPets>)"), "{text}");
}

#[test]
fn text_in_one_release_and_a_constant_in_another_is_an_enum() {
    let constant = |document: &mut Value| {
        document.pointer_mut(ITEMS).unwrap()["properties"]["owner"] = json!({ "type": "string", "format": "\"me\"" });
    };
    let plan = merged_with([("1.42", constant), ("1.36", |_| {})]).unwrap();
    assert!(pet(&plan).contains("pub owner: Option<PetOwner>"), "{}", pet(&plan));
}

#[test]
fn each_branch_of_a_union_is_merged_with_one_of_its_own() {
    // Both branches have the same members, and differ only below them.
    fn toys(document: &mut Value, more: Value) {
        let branch = |sizes: Value| {
            let mut members = json!({ "a": { "type": "object", "properties": sizes } });
            members.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({ "type": "object", "properties": members })
        };
        let number = json!({ "type": "number" });
        let branches = [branch(json!({ "x": number, "y": number })), branch(json!({ "x": number }))];
        document.pointer_mut(ITEMS).unwrap()["properties"]["toys"] = json!({ "oneOf": branches });
    }
    let release = Release::try_from("1.36".to_owned()).unwrap();
    let documents = [(Release::NEXT, json!({})), (release, json!({ "old": { "type": "string" } }))];
    let documents = documents.map(|(release, more)| {
        let mut value = small();
        toys(&mut value, more);
        Document { release, value }
    });
    let plan = Plan::of(documents.into(), settings(), &Corrections::default(), false).unwrap();
    let files = emit::files(&plan).unwrap();
    let text = &files["src/models/pets.rs"];
    assert!(text.contains("pub y: Option<Number>") && text.contains("Up to Logto 1.36."), "{text}");
    assert!(!text.contains("Since"), "{text}");
}

#[test]
fn a_contradiction_names_the_place_and_both_releases() {
    let Err(failure) = merged(|pet| pet["properties"]["id"] = json!({"type": "boolean"})) else {
        panic!("the contradiction was accepted");
    };
    let message = failure.to_string();
    assert!(message.contains("/id: the type is string, but boolean before (Logto next and 1.36)"), "{message}");
}

#[test]
fn an_unsupported_schema_in_a_users_document_becomes_any_json_with_a_warning() {
    let mut document = small();
    document.pointer_mut(ITEMS).unwrap()["properties"]["odd"] = json!({"type": "string", "format": "shape"});
    let document = Document { release: Release::NEXT, value: document };
    let plan = Plan::of(vec![document], settings(), &Corrections::default(), false).unwrap();
    let place = "ListPets at /200/[]/odd: unsupported string format \"shape\"; the type is any JSON";
    assert!(plan.warnings.iter().any(|warning| warning == place), "{:?}", plan.warnings);
    assert!(pet(&plan).contains("pub odd: Patch<Value>"));
}

#[test]
fn the_document_of_every_release_can_be_a_users_document() {
    std::thread::scope(|scope| {
        for release in Release::SAMPLED {
            scope.spawn(move || assert_is_a_users_document(release));
        }
    });
}

fn assert_is_a_users_document(release: Release) {
    let spec = crate::pipeline::root().join("spec");
    let source = crate::pipeline::Source { document: Some(spec.join(release.document())), spec };
    let plan = Plan::new(&source).unwrap();
    assert!(plan.operations.len() >= 190, "{release}: {}", plan.operations.len());
    // The corrections of this release apply: older servers answer with a word.
    let assign = plan.operations.iter().find(|operation| operation.id == "AssignUserRoles").unwrap();
    let is_json = release >= Release::try_from("1.36".to_owned()).unwrap();
    assert_eq!(assign.answer.kind == AnswerKind::Json, is_json, "{release}: {:?}", assign.answer.kind);
    assert!(emit::unformatted(&plan).is_ok(), "{release}");
}
