//! Documents of a user's server. What cannot be generated is a warning that names the place, and all else is generated.

use serde_json::{Value, json};

use super::odd::{changed, operation};
use crate::emit;
use crate::pipeline::Plan;

/// Returns the plan of the small document after a change that causes this warning.
fn warned(warning: &str, change: impl FnOnce(&mut Value)) -> Plan {
    let plan = changed(change).unwrap();
    assert!(plan.warnings.iter().any(|other| other.trim_start() == warning), "{warning}\n{:#?}", plan.warnings);
    plan
}

fn text(plan: &Plan) -> String {
    emit::files(plan).unwrap().into_values().collect()
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.operations.iter().map(|operation| operation.id.as_str()).collect()
}

const ALL: [&str; 3] = ["ListPets", "CreatePet", "UploadPetPhoto"];

/// Sets the parameters of `ListPets` to one parameter.
fn parameter(parameter: Value) -> impl FnOnce(&mut Value) {
    move |document| operation(document)["parameters"] = json!([parameter])
}

/// Sets the schema of the answer of `ListPets`.
fn answer(schema: Value) -> impl FnOnce(&mut Value) {
    let content = json!({ "application/json": { "schema": schema } });
    move |document| operation(document)["responses"] = json!({ "200": { "content": content } })
}

#[test]
fn unsupported_parameters_have_no_setter() {
    const NO_SETTER: &str = "it has no setter: set it with `Request::query` or `Request::header`";
    const QUERY: &str = "unsupported query parameter: expected a string, an integer, a boolean or a list of strings";
    for (problem, odd) in [
        ("unsupported header or cookie parameter", json!({ "in": "header", "schema": { "type": "string" } })),
        ("unsupported header or cookie parameter", json!({ "in": "cookie", "schema": { "type": "string" } })),
        (
            "unsupported parameter style",
            json!({ "in": "query", "style": "deepObject", "schema": { "type": "object" } }),
        ),
        (QUERY, json!({ "in": "query", "schema": { "type": "object" } })),
        (QUERY, json!({ "in": "query", "schema": { "type": "number", "format": "double" } })),
        (QUERY, json!({ "in": "query", "schema": { "type": "array", "items": { "type": "integer" } } })),
        (QUERY, json!({ "in": "query", "required": true, "schema": {} })),
        (
            "unsupported parameter with explode: false",
            json!({ "in": "query", "explode": false, "schema": { "type": "string" } }),
        ),
        ("parameter without a schema", json!({ "in": "query", "content": { "application/json": {} } })),
    ] {
        let mut odd = odd;
        odd["name"] = "odd".into();
        let plan = warned(&format!("ListPets at /parameters/odd: {problem}; {NO_SETTER}"), parameter(odd));
        assert_eq!(ids(&plan), ALL);
        assert!(!text(&plan).contains("odd"), "{problem}");
    }
    let missing = json!({ "$ref": "#/components/parameters/Missing" });
    let warning = format!("ListPets: unresolved reference #/components/parameters/Missing; {NO_SETTER}");
    warned(&warning, parameter(missing));
}

#[test]
fn parameters_of_a_path_belong_to_its_operations() {
    let plan = changed(|document| {
        let shared = json!({ "name": "shared", "in": "query", "schema": { "type": "string" } });
        document["paths"]["/api/pets"]["parameters"] = json!([shared]);
    });
    let text = text(&plan.unwrap());
    assert_eq!(text.matches("pub fn shared(self, value: impl TextValue)").count(), 2, "of ListPets and CreatePet");
}

#[test]
fn unsupported_operations_are_left_out() {
    const LEFT_OUT: &str = "it is left out: call it with `Client::request`";
    let image =
        |document: &mut Value| operation(document)["responses"] = json!({ "200": { "content": { "image/png": {} } } });
    let plan =
        warned(&format!("ListPets at /200: unsupported media type image/png in the response; {LEFT_OUT}"), image);
    assert_eq!(ids(&plan), ["CreatePet", "UploadPetPhoto"]);
    emit::files(&plan).unwrap();

    let plan = warned(&format!("/api/odd: unsupported $ref in place of a path item; {LEFT_OUT}"), |document| {
        document["paths"]["/api/odd"] = json!({ "$ref": "#/odd" });
    });
    assert_eq!(ids(&plan), ALL);

    warned(
        &format!(
            "UploadPetPhoto at /body/file: unsupported member of a multipart body: expected a file or a string; {LEFT_OUT}"
        ),
        |document| {
            let schema = json!({ "type": "object", "properties": { "file": { "type": "boolean" } } });
            let body = &mut document["paths"]["/api/pets/{id}/photo"]["post"]["requestBody"];
            body["content"]["multipart/form-data"]["schema"] = schema;
        },
    );
}

#[test]
fn shared_responses_and_bodies_are_replaced() {
    let plan = changed(|document| {
        let response = operation(document)["responses"]["200"].take();
        operation(document)["responses"]["200"] = json!({ "$ref": "#/components/responses/Pets" });
        let create = &mut document["paths"]["/api/pets"]["post"];
        let body = create["requestBody"].take();
        create["requestBody"] = json!({ "$ref": "#/components/requestBodies/Pet" });
        document["components"] = json!({ "responses": { "Pets": response }, "requestBodies": { "Pet": body } });
    });
    assert_eq!(text(&plan.unwrap()), text(&changed(|_| ()).unwrap()));

    let missing = "ListPets at /200: unresolved reference #/components/responses/Missing; it is left out: call it with \
        `Client::request`";
    warned(missing, |document| {
        operation(document)["responses"]["200"] = json!({ "$ref": "#/components/responses/Missing" });
    });
}

#[test]
fn json_is_chosen_among_several_media_types() {
    let warning = "ListPets at /200: several media types; only JSON, or the first without JSON, is generated";
    let plan = warned(warning, |document| {
        let content = &mut operation(document)["responses"]["200"]["content"];
        let json = content["application/json"].take();
        *content = json!({ "text/plain": {}, "application/json": json });
    });
    assert_eq!(text(&plan), text(&changed(|_| ()).unwrap()));
}

#[test]
fn schemas_that_grow_without_end_leave_out_their_operation() {
    let plan = changed(|document| {
        let mut schemas = json!({ "L0": { "type": "string" } });
        for level in 1..=22 {
            let below = json!({ "$ref": format!("#/components/schemas/L{}", level - 1) });
            schemas[format!("L{level}")] = json!({ "type": "object", "properties": { "a": below, "b": below } });
        }
        document["components"] = json!({ "schemas": schemas });
        answer(json!({ "$ref": "#/components/schemas/L22" }))(document);
    });
    let plan = plan.unwrap();
    assert_eq!(ids(&plan), ["CreatePet", "UploadPetPhoto"]);
    let large = "the schema contains more than 20,000 schemas once its references are replaced; it is left out";
    assert!(plan.warnings.iter().any(|warning| warning.starts_with("ListPets at /200/a") && warning.contains(large)));
}

#[test]
fn schemas_that_contain_themselves_are_any_json_within() {
    let warning = "ListPets at /200/[]/children/[]: unsupported recursive schema; the type is any JSON";
    let plan = warned(warning, |document| {
        let children = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Tree" } });
        let tree = json!({ "type": "object", "properties": { "children": children }, "required": ["children"] });
        document["components"] = json!({ "schemas": { "Tree": tree } });
        answer(json!({ "type": "array", "items": { "$ref": "#/components/schemas/Tree" } }))(document);
    });
    assert!(text(&plan).contains("pub children: Option<Vec<Value>>"));
}

#[test]
fn unresolved_references_are_any_json() {
    let warning = "ListPets at /200/odd: unresolved reference #/components/schemas/Missing; the type is any JSON";
    let missing = json!({ "$ref": "#/components/schemas/Missing" });
    let plan =
        warned(warning, answer(json!({ "type": "object", "properties": { "odd": missing }, "required": ["odd"] })));
    assert!(text(&plan).contains("pub odd: Value"));
}

#[test]
fn members_and_values_whose_names_are_equal_get_a_number() {
    let date = json!({ "type": "string" });
    let schema = json!({
        "type": "object",
        "properties": { "startAt": date, "start_at": date, "extra": date, "kind": { "type": "string", "enum": ["a-b", "a_b", "unknown"] } },
        "required": ["startAt", "start_at", "extra", "kind"],
        "additionalProperties": true,
    });
    let warning = "type Pet: two members have the same field name: \"start_at\"; one of them becomes start_at2";
    let text = text(&warned(warning, answer(schema)));
    for part in ["pub start_at: String", "pub start_at2: String", "pub extra2: String", "pub extra: JsonObject"] {
        assert!(text.contains(part), "{part}");
    }
    for part in [
        "required start_at \"startAt\"",
        "required start_at2 \"start_at\"",
        "AB = \"a-b\"",
        "AB2 = \"a_b\"",
        "Unknown2 = \"unknown\"",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn operations_whose_names_are_equal_get_a_number() {
    let warning = "post /api/pets: another operation has the operationId ListPets too; it becomes ListPets2";
    let plan = warned(warning, |document| {
        document["paths"]["/api/pets"]["post"]["operationId"] = "ListPets".into();
    });
    assert_eq!(ids(&plan), ["ListPets", "ListPets2", "UploadPetPhoto"]);

    let warning = "several operations have the method pets().create; that of CreatePet becomes create2";
    let plan = warned(warning, |document| operation(document)["operationId"] = "Create".into());
    assert!(text(&plan).contains("pub fn create2("));
}

#[test]
fn other_unsupported_parts_are_ignored() {
    for (warning, part) in [
        ("ListPets: unsupported extension x-odd; it is ignored", json!({ "x-odd": 1 })),
        (
            "ListPets: unsupported callbacks or servers of an operation; it is ignored",
            json!({ "servers": [{ "url": "/" }] }),
        ),
        (
            "ListPets: operation with several tags: Pets, Zoo; it is in the group of the first",
            json!({ "tags": ["Pets", "Zoo"] }),
        ),
        ("ListPets: operation without a tag; it is in the group `other`", json!({ "tags": [] })),
    ] {
        let plan = warned(warning, |document| {
            operation(document).as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        });
        assert_eq!(ids(&plan), ALL);
        emit::files(&plan).unwrap();
    }
    warned("GET /api/pets: callbacks are ignored", |document| {
        operation(document)["callbacks"] = json!({ "a": { "$ref": "#/components/callbacks/A" } });
    });
    warned("ListPets: unsupported default response; it is ignored", |document| {
        operation(document)["responses"]["default"] = json!({ "description": "" });
    });
    warned("ListPets: unsupported status range 4XX; it is ignored", |document| {
        operation(document)["responses"]["4XX"] = json!({ "description": "" });
    });
    let pointer = "/paths/~1api~1pets/get/surprise";
    let dropped = format!("unsupported part at {pointer}: the OpenAPI parser drops it; it is ignored");
    warned(&dropped, |document| operation(document)["surprise"] = 1.into());
}
