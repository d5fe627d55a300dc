//! Names of the client's own methods. No setter and no accessor of a group can have them.

use std::path::Path;

use serde_json::json;

use super::odd::{generated, operation};
use crate::operations::PAGE_PARAMETERS;
use crate::pipeline::root;
use crate::words;

/// Returns the names of methods in `impl` blocks. The first line of each block contains `header`.
fn methods(folder: &str, header: &str) -> Vec<String> {
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let files = std::fs::read_dir(root().join(folder)).unwrap();
    let mut names = Vec::new();
    let paths = files.map(|file| file.unwrap().path()).filter(|path| path.is_file());
    for text in paths.map(|path| read(&path)) {
        let mut inside = false;
        for line in text.lines() {
            match line {
                "}" => inside = false,
                _ if line.starts_with("impl") => inside = line.contains(header),
                _ if inside && !line.trim_start().starts_with("//") => {
                    let name = line.split_once("fn ").and_then(|(_, rest)| rest.split(['(', '<']).next());
                    names.extend(name.map(str::to_owned));
                }
                _ => {}
            }
        }
    }
    names
}

#[test]
fn setters_do_not_hide_methods_of_requests() {
    let mut names = [methods("src/request", "Request<Op>"), methods("src/blocking", "Request<Op>")].concat();
    names.push("body".to_owned());
    names.retain(|name| !PAGE_PARAMETERS.contains(&name.as_str()));
    assert!(["context", "strict", "blocking_iter", "walk"].iter().all(|name| names.iter().any(|other| other == name)));
    let parameter = |name: &String| json!({ "name": name, "in": "query", "schema": { "type": "boolean" } });
    let parameters: Vec<_> = names.iter().map(parameter).collect();
    let text = generated(|document| operation(document)["parameters"] = parameters.into()).unwrap();
    for name in names {
        assert!(text.contains(&format!("pub fn {name}_parameter(self, ")), "{name} is missing in TAKEN");
    }
}

#[test]
fn groups_do_not_hide_methods_of_the_client() {
    let names = methods("src/client", "impl Client {");
    assert!(
        ["builder", "from_env", "tokens", "with_settings"].iter().all(|name| names.iter().any(|other| other == name))
    );
    for name in names {
        assert_eq!(words::group(&name), format!("{name}_group"), "{name} is missing in RESERVED_GROUPS");
    }
}

#[test]
fn arguments_and_setters_of_one_operation_have_different_names() {
    let parameters = |required: bool| {
        let names = ["startAt", "start_at", "start-at", "start-at", "body"];
        let parameter =
            |name| json!({ "name": name, "in": "query", "required": required, "schema": { "type": "string" } });
        names.map(parameter)
    };
    let text = |required: bool| generated(|document| operation(document)["parameters"] = json!(parameters(required)));
    let setters = text(false).unwrap();
    for (name, query) in
        [("start_at", "startAt"), ("start_at2", "start_at"), ("start_at3", "start-at"), ("body_parameter", "body")]
    {
        let setter =
            format!("pub fn {name}(self, value: impl TextValue) -> Self {{\n        self.query({query:?}, value)");
        assert_eq!(setters.matches(&setter).count(), 1, "{name}");
    }
    let arguments = text(true).unwrap();
    for name in ["start_at", "start_at2", "start_at3", "body_parameter"] {
        assert_eq!(arguments.matches(&format!("        {name}: impl AsRef<str>,")).count(), 1, "{name}");
    }
}
