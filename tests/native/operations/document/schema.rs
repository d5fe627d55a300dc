//! Looks up places in schemas.

use serde_json::Value;

/// Returns whether a schema describes the place at `pointer`, or allows anything there.
pub(crate) fn knows(schema: &Value, components: &Value, pointer: &str) -> bool {
    let schema = resolved(schema, components);
    let Some((step, rest)) = next_step(pointer) else { return true };
    let unions = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|kind| schema[kind].as_array());
    let mut branches = unions.flatten().peekable();
    if branches.peek().is_some() {
        return branches.any(|branch| knows(branch, components, pointer));
    }
    if let Some(items) = schema.get("items") {
        return knows(items, components, rest);
    }
    match (schema["properties"].get(&step), &schema["additionalProperties"]) {
        (Some(member), _) => knows(member, components, rest),
        (None, open @ Value::Object(_)) => knows(open, components, rest),
        (None, Value::Bool(open)) => *open,
        // An object without a description, or not an object.
        (None, _) => schema.get("properties").is_none(),
    }
}

/// Resolves a reference.
pub(crate) fn resolved<'a>(schema: &'a Value, components: &'a Value) -> &'a Value {
    let target = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/components"));
    target.map_or(schema, |target| components.pointer(target).expect("the target of the reference"))
}

/// Splits a JSON pointer into its first step, decoded, and the rest.
fn next_step(pointer: &str) -> Option<(String, &str)> {
    let rest = pointer.strip_prefix('/')?;
    let (step, rest) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    Some((step.replace("~1", "/").replace("~0", "~"), rest))
}
