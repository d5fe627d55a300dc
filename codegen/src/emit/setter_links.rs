//! Lists the setters of a request in the docs of the method that creates it.

use super::answers::paged_item;
use super::parameters::{has_setter, parameter_name};
use crate::model::Uses;
use crate::operations::{Operation, PAGE_PARAMETERS};
use crate::pipeline::Plan;
use crate::words::ident;

/// Setters of all operations that can search.
const SEARCH: [&str; 6] = ["search", "search_member", "match_mode", "member_match_mode", "joint", "case_sensitive"];
/// Methods of all lists that read several pages.
const STREAMS: [&str; 3] = ["stream", "pages", "prefetch"];

/// Returns the paragraph that lists and links the setters of an operation. Returns an empty text if it has no setter.
pub fn setter_links(plan: &Plan, operation: &Operation, uses: &Uses) -> String {
    let is_list = paged_item(operation, uses).is_some();
    let mut setters: Vec<String> =
        own_setters(plan, operation).iter().map(|setter| own_link(plan, operation, setter)).collect();
    if is_list {
        setters.extend(PAGE_PARAMETERS.map(link));
    }
    if operation.searchable {
        setters.extend(SEARCH.map(link));
    }
    if setters.is_empty() {
        return String::new();
    }
    let streams = if is_list { format!(" Streams: {}.", STREAMS.map(link).join(", ")) } else { String::new() };
    format!("\n\nOptional parameters: {}.{streams}", setters.join(", "))
}

/// Returns the setters that not all operations of this kind have, by name.
fn own_setters(plan: &Plan, operation: &Operation) -> Vec<String> {
    let optional = operation.query_parameters.iter().filter(|input| !input.required);
    let optional = optional.filter(|input| has_setter(operation, input));
    let mut setters: Vec<String> = optional.map(|input| parameter_name(plan, operation, input)).collect();
    if operation.body.as_ref().is_some_and(|body| !body.required) {
        setters.push("body".to_owned());
    }
    setters.iter().map(|setter| ident(setter).to_string().trim_start_matches("r#").to_owned()).collect()
}

fn link(setter: &str) -> String {
    format!("[`{setter}`](crate::Request::{setter})")
}

/// Returns the link to a setter of one operation. Several operations can have a setter of this name. Rustdoc links to
/// the first one, and numbers the anchors of the others in the order of the source.
fn own_link(plan: &Plan, operation: &Operation, setter: &str) -> String {
    let before = in_order(plan).take_while(|other| other.id != operation.id);
    match before.filter(|other| own_setters(plan, other).iter().any(|name| name == setter)).count() {
        0 => link(setter),
        number => format!("[`{setter}`](crate::Request#method.{setter}-{number})"),
    }
}

/// Returns the operations in the order of the generated source: by group.
fn in_order(plan: &Plan) -> impl Iterator<Item = &Operation> {
    plan.groups.tags.keys().flat_map(|group| {
        let operations = plan.operations.iter().zip(&plan.groups.of_operation);
        operations.filter(move |(_, other)| *other == group).map(|(operation, _)| operation)
    })
}
