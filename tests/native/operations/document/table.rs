//! The operation table matches the documents.

use std::collections::BTreeSet;

use logto_admin::operation::{BodyKind, OperationInfo, ParameterKind, TABLE, find};

use super::{Described, Documents};
use crate::dispatch::OPERATIONS;
use crate::failures::Failures;

#[test]
fn all_381_operations_have_a_method() {
    let documents = Documents::load();
    let described: BTreeSet<&str> = documents.operations.keys().map(String::as_str).collect();
    let tabled: BTreeSet<&str> = TABLE.iter().map(|info| info.id).collect();
    let typed: BTreeSet<&str> = OPERATIONS.iter().map(|typed| typed.id).collect();
    assert_eq!((TABLE.len(), OPERATIONS.len()), (381, 381));
    assert_eq!((&tabled, &typed), (&described, &described));
}

#[test]
fn the_readme_has_the_number_of_operations_of_each_api() {
    let readme = include_str!("../../../../README.md");
    let apis = [
        ("account", &["/api/my-account", "/api/verifications"][..]),
        ("experience", &["/api/experience"]),
        ("interaction", &["/api/interaction"]),
    ];
    let mut others = TABLE.len();
    let mut expected = Vec::new();
    for (feature, prefixes) in apis {
        let of_api = |info: &&&OperationInfo| prefixes.iter().any(|prefix| info.path.starts_with(prefix));
        let count = TABLE.iter().filter(of_api).count();
        others -= count;
        expected.push((feature, count));
    }
    expected.push(("management", others));
    for (feature, count) in expected {
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{feature}`"))).expect("a row");
        assert!(row.contains(&format!("({count} operations)")), "{count}: {row}");
    }
}

#[test]
fn the_table_matches_the_document() {
    let mut failures = Failures::new();
    for (id, described) in &Documents::load().operations {
        failures.checked();
        match find(id) {
            None => failures.add(id, "missing in the table"),
            Some(info) => compare(described, info, &mut failures),
        }
    }
    failures.settle("operations");
}

fn compare(described: &Described, info: &OperationInfo, failures: &mut Failures) {
    let operation = &described.operation;
    let mut same = |what: &str, told: String, documented: String| {
        if told != documented {
            failures.add(info.id, format!("the {what} is {told}, expected {documented}"));
        }
    };
    same("method", info.method.to_string(), described.method.clone());
    same("path", info.path.to_owned(), described.path.clone());
    same("deprecation", info.deprecated.to_string(), (operation["deprecated"] == true).to_string());

    let responses = operation["responses"].as_object().expect("responses").keys();
    let successes: BTreeSet<u16> =
        responses.map(|status| status.parse().expect("a status")).filter(|s| *s < 400).collect();
    let told: BTreeSet<u16> = info.success.iter().copied().collect();
    same("success", format!("{told:?}"), format!("{successes:?}"));

    let names = described.path.split(['{', '}']).skip(1).step_by(2).collect::<Vec<_>>();
    same("path's parameters", format!("{:?}", info.path_parameters), format!("{names:?}"));

    let documented: BTreeSet<(String, bool)> = described
        .parameters()
        .into_iter()
        .filter(|parameter| parameter.place == "query")
        .map(|parameter| (parameter.name, parameter.required && parameter.schema.get("default").is_none()))
        .collect();
    let query = info.query_parameters.iter();
    let told = query.map(|parameter| (parameter.name.to_owned(), parameter.required)).collect::<BTreeSet<_>>();
    same("query", format!("{told:?}"), format!("{documented:?}"));
    let search = info.query_parameters.iter().any(|parameter| parameter.kind == ParameterKind::Search);
    same("search", search.to_string(), documented.contains(&("search_params".to_owned(), false)).to_string());

    let (content_type, told_required) = match info.body {
        BodyKind::None => (None, false),
        BodyKind::Json { required } => (Some("application/json"), required),
        BodyKind::Form { required } => (Some("application/x-www-form-urlencoded"), required),
        BodyKind::Multipart { required } => (Some("multipart/form-data"), required),
        other => panic!("unknown kind of body: {other:?}"),
    };
    let content = operation["requestBody"]["content"].as_object();
    let documented: Vec<&String> = content.into_iter().flat_map(|content| content.keys()).collect();
    same("body", format!("{:?}", content_type.into_iter().collect::<Vec<_>>()), format!("{documented:?}"));
    let required = operation["requestBody"]["required"] == true || matches!(info.body, BodyKind::Multipart { .. });
    same("body's presence", told_required.to_string(), required.to_string());
}

#[test]
fn the_native_transport_enables_its_runtime_and_the_conversions() {
    let features = include_str!("../../../../Cargo.toml");
    let (_, enabled) = features.split_once("\nreqwest = [").expect("the feature");
    let enabled: Vec<&str> = enabled.split(']').next().unwrap_or_default().split(", ").collect();
    assert!(enabled.contains(&"\"tokio\"") && enabled.contains(&"\"http\""), "{enabled:?}");
}

#[test]
fn each_group_is_compiled_with_its_feature_only() {
    let features = include_str!("../../../../Cargo.toml");
    let groups: BTreeSet<&str> = TABLE.iter().map(|info| info.group).collect();
    let code = include_str!("../../../../src/api/mod.rs");
    let declared = code.split("\n\n").filter(|lines| lines.contains("pub mod ")).collect::<Vec<_>>();
    assert_eq!(declared.len(), groups.len());
    for group in groups {
        let feature = group.replace('_', "-");
        let module = format!("#[cfg(feature = \"{feature}\")]\npub mod {group};");
        assert!(declared.iter().any(|lines| lines.trim() == module), "{module}");
        assert!(features.contains(&format!("\n{feature} = [")), "{feature}");
    }
}
