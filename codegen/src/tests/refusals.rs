//! Unsupported and unsettled input is rejected with an error that names the place.

use serde_json::{Value, json};

use super::{newest, plan, settings, small};
use crate::corrections::Corrections;
use crate::pipeline::Plan;

/// Returns the error for the small document with one change.
fn refusal(pointer: &str, value: Value) -> String {
    let mut document = small();
    let (parent, step) = pointer.rsplit_once('/').unwrap();
    let step = step.replace("~1", "/");
    document.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(step, value);
    match plan(document) {
        Ok(_) => panic!("the change at {pointer} was accepted"),
        Err(failure) => failure.to_string(),
    }
}

/// The end of each message about an unsupported part of the document.
const HINT: &str = "\nhint: change or remove unsupported parts of the document in spec/corrections.toml";

const ITEM: &str = "/paths/~1api~1pets/get/responses/200/content/application~1json/schema/items/properties";

#[test]
fn unsupported_schemas_are_rejected() {
    let cases = [
        (json!({"type": "string", "format": "shape"}), "unsupported string format \"shape\""),
        (json!({"type": "number", "format": "money"}), "unsupported number format \"money\""),
        (json!({"not": {}}), "unsupported keyword `not`"),
        (json!({"oneOf": []}), "unsupported oneOf or anyOf without branches"),
        (json!({"type": "string", "enum": [null]}), "unsupported enum without strings"),
        (json!({"allOf": [{}, {"type": "string"}]}), "unsupported allOf: expected schemas of objects"),
        (
            json!({"type": "object", "properties": {"b": {}}, "required": ["c"]}),
            "required member \"c\" is missing in properties",
        ),
        (json!({"type": "object", "minProperties": 1}), "unsupported minProperties or maxProperties"),
        (json!({"oneOf": [{}], "properties": {"b": {"type": "string"}}}), "unsupported combination of schema keywords"),
        (json!({"type": "string", "properties": {"b": {}}}), "unsupported combination of schema keywords"),
        (json!({"$ref": "#/components/schemas/Missing"}), "unresolved reference #/components/schemas/Missing"),
        (json!({"type": "string", "x-odd": 1}), "unsupported extension x-odd"),
    ];
    for (schema, problem) in cases {
        let message = refusal(&format!("{ITEM}/odd"), schema);
        assert!(message.starts_with("Logto next: ListPets at /200/[]/odd"), "{message}");
        assert!(message.contains(problem), "{message}");
        assert!(message.ends_with(HINT), "{message}");
    }
}

#[test]
fn unsupported_operations_are_rejected() {
    let get = "/paths/~1api~1pets/get";
    let header = json!([{"name": "x", "in": "header", "schema": {"type": "string"}}]);
    assert_eq!(
        refusal(&format!("{get}/parameters"), header),
        format!("Logto next: ListPets at /parameters/x: unsupported header or cookie parameter{HINT}")
    );
    let path = json!([{"name": "x", "in": "path", "required": true, "schema": {"type": "string"}}]);
    assert_eq!(
        refusal(&format!("{get}/parameters"), path),
        format!("Logto next: ListPets: the path parameters do not match the placeholders in the path{HINT}")
    );
    let deep = json!([{"name": "x", "in": "query", "style": "deepObject", "schema": {"type": "object"}}]);
    assert_eq!(
        refusal(&format!("{get}/parameters"), deep),
        format!("Logto next: ListPets at /parameters/x: unsupported parameter style{HINT}")
    );
    let object = json!([{"name": "x", "in": "query", "schema": {"type": "object"}}]);
    assert_eq!(
        refusal(&format!("{get}/parameters"), object),
        format!(
            "Logto next: ListPets at /parameters/x: unsupported query parameter: expected a string, an integer, a boolean or a list of strings{HINT}"
        )
    );
    let list = json!([{"name": "x", "in": "query", "explode": false, "schema": {"type": "array", "items": {}}}]);
    assert_eq!(
        refusal(&format!("{get}/parameters"), list),
        format!("Logto next: ListPets at /parameters/x: unsupported parameter with explode: false{HINT}")
    );
    assert_eq!(
        refusal(&format!("{get}/tags"), json!([])),
        format!("Logto next: ListPets: operation without a tag{HINT}")
    );
    assert_eq!(
        refusal(&format!("{get}/tags"), json!(["Pets", "Zoo"])),
        format!("Logto next: ListPets: operation with several tags: Pets, Zoo{HINT}")
    );
    let content = json!({"200": {"content": {"image/png": {}}}});
    assert_eq!(
        refusal(&format!("{get}/responses"), content),
        format!("Logto next: ListPets at /200: unsupported media type image/png in the response{HINT}")
    );
    assert_eq!(
        refusal(&format!("{get}/x-paging"), json!("never")),
        format!("Logto next: ListPets: invalid x-paging \"never\": expected \"always\" or \"on-request\"{HINT}")
    );
    let two = json!({"required": true, "content": {"application/json": {"schema": {}}, "text/plain": {"schema": {}}}});
    assert_eq!(
        refusal(&format!("{get}/requestBody"), two),
        format!("Logto next: ListPets at /body: several media types{HINT}")
    );
}

#[test]
fn conflicting_member_types_are_rejected() {
    let created = "/paths/~1api~1pets/post/responses/201/content/application~1json/schema/properties/name";
    let message = refusal(created, json!({"type": "number"}));
    let expected = "type Pet: member `name` is String, but Integer at CreatePet.201\n\
        hint: separate the types in spec/names.toml, or correct the document in spec/corrections.toml";
    assert_eq!(message, expected);
}

#[test]
fn ambiguous_names_are_rejected() {
    let unsettled = crate::settings::Settings { names: Default::default(), ..settings() };
    let Err(failure) = Plan::of(vec![newest(small())], unsettled, &Corrections::default(), true) else {
        panic!("the document was accepted")
    };
    let message = failure.to_string();
    assert!(message.contains("several types have the name Pet: ListPets.200[], CreatePet.201"), "{message}");
}

#[test]
fn names_of_missing_places_are_rejected() {
    let mut settings = settings();
    settings.names.types.insert("Gone".into(), vec!["ListPets.200[].gone".into()]);
    let Err(failure) = Plan::of(vec![newest(small())], settings, &Corrections::default(), true) else {
        panic!("the document was accepted")
    };
    assert!(
        failure
            .to_string()
            .contains("type Gone: ListPets.200[].gone in spec/names.toml matches no place in the document")
    );
}

#[test]
fn corrections_that_do_not_apply_are_errors_or_warnings() {
    let correction = "[[correction]]\nreason = 'because'\noperations = ['Nobody']\nat = '/x-paging'\nset = 'always'";
    let corrections: Corrections = toml::from_str(correction).unwrap();
    let Err(failure) = Plan::of(vec![newest(small())], settings(), &corrections, true) else {
        panic!("the document was accepted")
    };
    let message =
        "correction 1 in spec/corrections.toml (\"because\") does not apply: operation or tag Nobody not found";
    assert_eq!(failure.to_string(), message);
    let plan = Plan::of(vec![newest(small())], settings(), &corrections, false).unwrap();
    assert_eq!(plan.warnings, ["corrections in spec/corrections.toml that do not apply to this document: 1"]);
}
