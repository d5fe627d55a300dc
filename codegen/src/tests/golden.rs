//! Compares files generated from the small document with those in `fixtures/golden`. `UPDATE_GOLDEN=1 cargo test -p
//! logto-admin-codegen` rewrites them.

use std::path::Path;

use super::{newest, plan, settings, small};
use crate::corrections::Corrections;
use crate::emit;
use crate::pipeline::Plan;

#[test]
fn generated_files_match_the_golden_files() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/golden");
    let files = emit::files(&plan(small()).unwrap()).unwrap();
    for (name, text) in &files {
        let path = golden.join(name.replace('/', "-"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), *text, "{name}");
    }
    assert_eq!(std::fs::read_dir(golden).unwrap().count(), files.len());
}

#[test]
fn the_same_document_generates_the_same_files() {
    assert_eq!(emit::files(&plan(small()).unwrap()).unwrap(), emit::files(&plan(small()).unwrap()).unwrap());
}

#[test]
fn user_documents_keep_their_prose_and_get_names_chosen() {
    let mut document = small();
    let operation = document.pointer_mut("/paths/~1api~1pets/get").unwrap();
    operation["summary"] = "Shows <all> pets [here].".into();
    operation["tags"] = serde_json::json!(["Dev feature", "Pets"]);
    operation["responses"]["200"]["content"]["application/json"]["schema"]["items"]["properties"]["id"]["description"] =
        "Its number.\n```js\nrun()\n```".into();
    document["paths"]["/api/pets"]["post"].as_object_mut().unwrap().remove("operationId");
    let unsettled = crate::settings::Settings { names: Default::default(), ..settings() };
    let plan = Plan::of(vec![newest(document)], unsettled, &Corrections::default(), false).unwrap();
    let files = emit::files(&plan).unwrap();
    let marked = "/// Shows &lt;all> pets here.\n    ///\n    /// Marked \"Dev feature\" in the API document.";
    assert!(files["src/api/pets.rs"].contains(marked));
    assert!(files["src/api/pets.rs"].contains("pub struct PostPetsOp;"));
    assert!(files["src/models/pets.rs"].contains("    /// Its number.\n    /// run()\n"));
    assert!(
        files["src/models/pets.rs"].contains("pub struct PostPetsBody")
            || files["src/models/pets.rs"].contains("pub struct PostPets")
    );
}
