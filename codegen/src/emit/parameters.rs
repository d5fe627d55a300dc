//! Names of arguments and setters.

use std::collections::HashSet;
use std::ptr;

use crate::operations::{Input, Operation, PAGE_PARAMETERS, Paging};
use crate::pipeline::Plan;
use crate::words::{snake, unique};

/// Methods of requests, including the private ones. A setter cannot have their names.
const TAKEN: [&str; 45] = [
    "query",
    "json",
    "form",
    "multipart",
    "header",
    "timeout",
    "total_timeout",
    "retry",
    "idempotent",
    "if_none_match",
    "to_http",
    "detailed",
    "raw",
    "page",
    "page_size",
    "search",
    "search_member",
    "match_mode",
    "member_match_mode",
    "joint",
    "case_sensitive",
    "stream",
    "pages",
    "blocking",
    "blocking_iter",
    "send",
    "body",
    "strict",
    "redirects",
    "max_response_bytes",
    "verification_record",
    "prefetch",
    "into_future",
    "new",
    "from_parts",
    "change",
    "context",
    "path_parameter",
    "walk",
    "at_page",
    "exchange",
    "check",
    "read",
    "run",
    "locate",
];

/// Arguments of methods that are not parameters.
const ARGUMENTS: [&str; 1] = ["body"];

/// Whether an optional parameter has a setter of its own. All lists share those of pages.
pub fn has_setter(operation: &Operation, input: &Input) -> bool {
    operation.paging == Paging::None || !PAGE_PARAMETERS.contains(&input.name.as_str())
}

/// Returns the name of an argument or setter. Reserved names get a suffix, and equal names a number.
pub fn parameter_name(plan: &Plan, operation: &Operation, input: &Input) -> String {
    let (setters, required): (Vec<&Input>, Vec<&Input>) =
        operation.query_parameters.iter().partition(|input| !input.required);
    let (inputs, reserved) = match setters.iter().any(|other| ptr::eq(*other, input)) {
        true => (setters, TAKEN.as_slice()),
        false => (operation.path_parameters.iter().chain(required).collect(), ARGUMENTS.as_slice()),
    };
    let names = &plan.settings.names.parameters;
    let mut taken = HashSet::new();
    let named = inputs.into_iter().map(|other| {
        let settled = names.get(&format!("{}.{}", operation.id, other.name)).or_else(|| names.get(&other.name));
        let name = settled.cloned().unwrap_or_else(|| snake(&other.name));
        let name = if reserved.contains(&name.as_str()) { format!("{name}_parameter") } else { name };
        (other, unique(&name, &mut taken))
    });
    let mut named = named.skip_while(|(other, _)| !ptr::eq(*other, input));
    named.next().map(|(_, name)| name).unwrap_or_default()
}
