//! Unions whose branches have nothing that names them.

use serde_json::{Value, json};

use super::odd::{changed, operation};
use crate::emit;
use crate::pipeline::Plan;

/// Returns a union of objects that have one member each.
fn union(members: &[&str]) -> Value {
    let branch = |member: &&str| json!({ "type": "object", "properties": { *member: { "type": "number" } } });
    json!({ "oneOf": members.iter().map(branch).collect::<Vec<_>>() })
}

fn text(plan: &Plan) -> String {
    emit::files(plan).unwrap().into_values().collect()
}

#[test]
fn untagged_branches_get_names_of_their_own() {
    for members in [["depth", "width"].as_slice(), &["depth", "width", "height"]] {
        let content = json!({ "application/json": { "schema": union(members) } });
        let answer = changed(|document| operation(document)["responses"] = json!({ "200": { "content": content } }));
        let body = changed(|document| operation(document)["requestBody"] = json!({ "content": content }));
        for plan in [answer.unwrap(), body.unwrap()] {
            let text = text(&plan);
            for member in members {
                assert!(text.contains(&format!("pub {member}: Option<Number>")), "{member}\n{text}");
            }
            let names =
                plan.warnings.iter().filter(|warning| warning.contains("several types") && warning.contains('|'));
            assert_eq!(names.count(), members.len(), "{:?}", plan.warnings);
        }
    }
}

#[test]
fn chosen_names_differ_from_all_others() {
    let plan = changed(|document| {
        document["paths"]["/api/pets"]["post"]["operationId"] = "GetGetThingThing2".into();
        let content = json!({ "application/json": { "schema": union(&["depth", "width", "height"]) } });
        let operation = operation(document);
        operation["operationId"] = "GetThing".into();
        operation["responses"] = json!({ "200": { "content": content } });
    });
    let plan = plan.unwrap();
    for (name, place) in [
        ("Thing", "GetThing.200"),
        ("GetThingThing", "GetThing.200|0"),
        ("GetThingThing2", "GetGetThingThing2.201"),
        ("GetThingThing3", "GetThing.200|1"),
        ("GetThingThing4", "GetThing.200|2"),
    ] {
        assert_eq!(plan.model.types[name].locations, [place], "{name}");
    }
}

#[test]
fn unions_without_branches_are_any_json() {
    for schema in [json!({ "oneOf": [] }), json!({ "anyOf": [] }), json!({ "type": "string", "enum": [null] })] {
        let schema = json!({ "type": "object", "properties": { "odd": schema } });
        let content = json!({ "application/json": { "schema": schema } });
        let plan = changed(|document| operation(document)["responses"] = json!({ "200": { "content": content } }));
        let plan = plan.unwrap();
        assert!(plan.warnings.iter().any(|warning| warning.ends_with("; the type is any JSON")), "{:?}", plan.warnings);
        assert!(text(&plan).contains("pub odd: Patch<Value>"));
    }
}
