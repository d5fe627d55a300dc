//! Links to setters in the docs of methods.

use serde_json::json;

use super::odd::generated;

#[test]
fn setters_of_one_name_are_numbered_in_the_order_of_the_source() {
    let text = generated(|document| {
        document["paths"]["/api/animals"]["get"] = json!({
            "tags": ["Animals"],
            "operationId": "ListAnimals",
            "parameters": [{ "name": "kind", "in": "query", "schema": { "type": "string" } }],
            "responses": { "204": {} }
        });
    });
    let text = text.unwrap();
    assert!(text.contains("/// Optional parameters: [`kind`](crate::Request::kind).\n"));
    assert!(text.contains("/// Optional parameters: [`kind`](crate::Request#method.kind-1),"));
}

#[test]
fn lists_have_the_setters_of_pages_and_searches() {
    let text = generated(|_| ()).unwrap();
    for setter in
        ["kind", "since", "page", "page_size", "search", "search_member", "case_sensitive", "stream", "prefetch"]
    {
        assert!(text.contains(&format!("[`{setter}`](crate::Request::{setter})")), "{setter}");
    }
}
