//! What is not understood or not settled is refused, and the place is named.

use serde_json::{Value, json};

use super::{plan, settings, small};
use crate::corrections::Corrections;
use crate::pipeline::Plan;

/// The message about a small document with one change.
fn refusal(pointer: &str, value: Value) -> String {
    let mut document = small();
    let (parent, step) = pointer.rsplit_once('/').unwrap();
    let step = step.replace("~1", "/");
    document.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(step, value);
    match plan(document) {
        Ok(_) => panic!("{pointer} is accepted"),
        Err(failure) => failure.to_string(),
    }
}

const ITEM: &str = "/paths/~1api~1pets/get/responses/200/content/application~1json/schema/items/properties";

#[test]
fn schemas_that_are_not_understood() {
    let cases = [
        (json!({"type": "string", "format": "shape"}), "string of format shape"),
        (json!({"type": "number", "format": "money"}), "number of format money"),
        (json!({"not": {}}), "not"),
        (json!({"allOf": [{}, {}]}), "allOf of several schemas"),
        (json!({"type": "object", "properties": {"b": {}}, "required": ["c"]}), "c is required and no member"),
        (json!({"type": "object", "minProperties": 1}), "a bound on the number of members"),
        (json!({"oneOf": [{}], "properties": {"b": {"type": "string"}}}), "a schema that is of no one kind"),
        (json!({"type": "string", "properties": {"b": {}}}), "a schema that is of no one kind"),
        (json!({"$ref": "#/components/schemas/Missing"}), "#/components/schemas/Missing is nowhere"),
        (json!({"type": "string", "x-odd": 1}), "the extension x-odd"),
    ];
    for (schema, problem) in cases {
        let message = refusal(&format!("{ITEM}/odd"), schema);
        assert!(message.starts_with("ListPets /200/[]/odd: "), "{message}");
        assert!(message.contains(problem), "{message}");
    }
}

#[test]
fn operations_that_are_not_understood() {
    let get = "/paths/~1api~1pets/get";
    let header = json!([{"name": "x", "in": "header", "schema": {"type": "string"}}]);
    assert_eq!(
        refusal(&format!("{get}/parameters"), header),
        "ListPets /parameters/x: a parameter in a header or cookie"
    );
    let path = json!([{"name": "x", "in": "path", "required": true, "schema": {"type": "string"}}]);
    assert_eq!(refusal(&format!("{get}/parameters"), path), "ListPets: the path and its parameters differ");
    let deep = json!([{"name": "x", "in": "query", "style": "deepObject", "schema": {"type": "object"}}]);
    assert_eq!(
        refusal(&format!("{get}/parameters"), deep),
        "ListPets /parameters/x: a parameter written in a style of its own"
    );
    let object = json!([{"name": "x", "in": "query", "schema": {"type": "object"}}]);
    assert_eq!(refusal(&format!("{get}/parameters"), object), "ListPets /parameters/x: an object as a parameter");
    let list = json!([{"name": "x", "in": "query", "explode": false, "schema": {"type": "array", "items": {}}}]);
    assert_eq!(
        refusal(&format!("{get}/parameters"), list),
        "ListPets /parameters/x: a list in one parameter, without explode"
    );
    assert_eq!(refusal(&format!("{get}/tags"), json!([])), "ListPets: an operation without tag");
    assert_eq!(refusal(&format!("{get}/tags"), json!(["Pets", "Zoo"])), "ListPets: several tags: Pets, Zoo");
    let content = json!({"200": {"content": {"image/png": {}}}});
    assert_eq!(refusal(&format!("{get}/responses"), content), "ListPets /200: an answer of type image/png");
    assert_eq!(refusal(&format!("{get}/x-paging"), json!("never")), "ListPets: x-paging never");
    let two = json!({"required": true, "content": {"application/json": {"schema": {}}, "text/plain": {"schema": {}}}});
    assert_eq!(refusal(&format!("{get}/requestBody"), two), "ListPets /body: several kinds of body");
}

#[test]
fn one_type_with_two_members_that_do_not_fit() {
    let created = "/paths/~1api~1pets/post/responses/201/content/application~1json/schema/properties/name";
    let message = refusal(created, json!({"type": "number"}));
    assert_eq!(message, "Pet: name is String and, at CreatePet.201, Integer");
}

#[test]
fn names_that_are_not_settled() {
    let unsettled = crate::settings::Settings { names: Default::default(), ..settings() };
    let Err(failure) = Plan::of(vec![small()], unsettled, &Corrections::default(), true) else { panic!("accepted") };
    let message = failure.to_string();
    assert!(message.contains("Pet is the name of several types: ListPets.200[], CreatePet.201"), "{message}");
}

#[test]
fn names_of_places_that_are_not_there() {
    let mut settings = settings();
    settings.names.types.insert("Gone".into(), vec!["ListPets.200[].gone".into()]);
    let Err(failure) = Plan::of(vec![small()], settings, &Corrections::default(), true) else { panic!("accepted") };
    assert!(failure.to_string().contains("Gone: there is no ListPets.200[].gone"));
}

#[test]
fn a_correction_that_does_not_apply() {
    let correction = "[[correction]]\nreason = 'because'\noperations = ['Nobody']\nat = '/x-paging'\nset = 'always'";
    let corrections: Corrections = toml::from_str(correction).unwrap();
    let Err(failure) = Plan::of(vec![small()], settings(), &corrections, true) else { panic!("accepted") };
    assert_eq!(failure.to_string(), "correction 1 (because): there is no Nobody");
    let plan = Plan::of(vec![small()], settings(), &corrections, false).unwrap();
    assert_eq!(plan.warnings, ["correction 1 (because): there is no Nobody"]);
}
