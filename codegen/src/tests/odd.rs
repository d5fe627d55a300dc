//! Documents of other servers, with names that Rust does not have.

use serde_json::{Value, json};

use super::{newest, settings, small};
use crate::corrections::Corrections;
use crate::emit;
use crate::failure::Result;
use crate::pipeline::Plan;

/// Returns the plan of the small document with one change.
pub fn changed(change: impl FnOnce(&mut Value)) -> Result<Plan> {
    let mut document = small();
    change(&mut document);
    Plan::of(vec![newest(document)], settings(), &Corrections::default(), false)
}

/// Returns the text of all files from the small document with one change.
pub fn generated(change: impl FnOnce(&mut Value)) -> Result<String> {
    Ok(emit::files(&changed(change)?)?.into_values().collect())
}

const LIST: &str = "/paths/~1api~1pets/get";

pub fn operation(document: &mut Value) -> &mut Value {
    document.pointer_mut(LIST).unwrap()
}

#[test]
fn operation_ids_and_tags_of_any_text_are_settled() {
    for (id, name) in
        [("get-user", "GetUserOp"), ("fn", "FnOp"), ("1st", "Op1stOp"), ("", "GetApiPetsOp"), ("Patch", "PatchModel")]
    {
        let text = generated(|document| operation(document)["operationId"] = id.into()).unwrap();
        assert!(text.contains(&format!("struct {name}")), "{id:?}");
    }
    for (tag, module) in [("mod", "mod_group"), ("default", "default_group"), ("Client", "client_group"), ("", "other")]
    {
        let text = generated(|document| operation(document)["tags"] = json!([tag])).unwrap();
        assert!(text.contains(&format!("pub mod {module};")), "{tag:?}");
    }
}

#[test]
fn texts_do_not_reorder_the_source() {
    let text = generated(|document| {
        operation(document)["summary"] = "Lists \u{202e}step".into();
        operation(document)["tags"] = json!(["Pets\u{202e}"]);
    });
    assert!(!text.unwrap().contains('\u{202e}'));
}
