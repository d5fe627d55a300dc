//! Random changes of JSON documents. They reach deeper than random bytes, which rarely are JSON.

use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, json};

/// Copies of a document within itself let it grow exponentially.
const MOST_NODES: usize = 5_000;

/// Changes a document as the input directs. Replaces, removes, adds and copies values.
pub fn edit(document: &mut Value, input: &mut Unstructured<'_>) {
    while !input.is_empty() && nodes(document) < MOST_NODES {
        if edit_once(document, input).is_err() {
            return;
        }
    }
}

/// Returns the JSON of a document, damaged as the second half of the input directs. Short inputs do not damage it.
pub fn damaged(document: &Value, data: &[u8]) -> Vec<u8> {
    let mut text = document.to_string().into_bytes();
    if data.len() > 8 {
        damage(&mut text, &mut Unstructured::new(&data[data.len() / 2..]));
    }
    text
}

/// Changes a text as the input directs: cuts it, and replaces and inserts bytes. Most inputs leave it unchanged.
fn damage(text: &mut Vec<u8>, input: &mut Unstructured<'_>) {
    while !input.is_empty() && input.ratio(1_u8, 4_u8).unwrap_or_default() {
        let Ok(at) = input.int_in_range(0..=text.len()) else { return };
        match input.int_in_range(0..=2_u8) {
            Ok(0) => text.truncate(at),
            Ok(1) => text.insert(at, input.arbitrary().unwrap_or_default()),
            _ => {
                if let (Some(byte), Ok(new)) = (text.get_mut(at), input.arbitrary()) {
                    *byte = new;
                }
            }
        }
    }
}

fn edit_once(document: &mut Value, input: &mut Unstructured<'_>) -> Result<()> {
    let count = nodes(document);
    let other = nth(document, &mut input.int_in_range(0..=count - 1)?).cloned().unwrap_or_default();
    let Some(node) = nth_mut(document, &mut input.int_in_range(0..=count - 1)?) else { return Ok(()) };
    match input.int_in_range(0..=4_u8)? {
        0 => *node = value(input)?,
        1 => *node = other,
        2 => remove(node, input)?,
        3 => match node {
            Value::Array(values) => values.push(other),
            Value::Object(members) => drop(members.insert(name(members, input)?, other)),
            _ => *node = value(input)?,
        },
        _ => match node {
            Value::Object(members) => rename(members, input)?,
            Value::String(text) => text.push_str(input.arbitrary()?),
            _ => *node = value(input)?,
        },
    }
    Ok(())
}

fn remove(node: &mut Value, input: &mut Unstructured<'_>) -> Result<()> {
    match node {
        Value::Array(values) if !values.is_empty() => drop(values.remove(input.choose_index(values.len())?)),
        Value::Object(members) if !members.is_empty() => {
            let name = known_name(members, input)?;
            members.remove(&name);
        }
        _ => *node = Value::Null,
    }
    Ok(())
}

fn rename(members: &mut Map<String, Value>, input: &mut Unstructured<'_>) -> Result<()> {
    if members.is_empty() {
        return Ok(());
    }
    let old = known_name(members, input)?;
    let new = name(members, input)?;
    let value = members.remove(&old).unwrap_or_default();
    members.insert(new, value);
    Ok(())
}

/// Returns the name of a member: one of the object's, or any.
fn name(members: &Map<String, Value>, input: &mut Unstructured<'_>) -> Result<String> {
    if members.is_empty() || input.arbitrary()? {
        return input.arbitrary();
    }
    known_name(members, input)
}

/// Returns the name of one of the members, of which the object must have at least one.
fn known_name(members: &Map<String, Value>, input: &mut Unstructured<'_>) -> Result<String> {
    let at = input.choose_index(members.len())?;
    Ok(members.keys().nth(at).cloned().unwrap_or_default())
}

fn value(input: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match input.int_in_range(0..=9_u8)? {
        0 => Value::Null,
        1 => input.arbitrary::<bool>()?.into(),
        2 => input.arbitrary::<i64>()?.into(),
        3 => input.arbitrary::<u64>()?.into(),
        4 => input.arbitrary::<f64>()?.into(),
        5 => input.arbitrary::<u8>()?.into(),
        6 => json!([]),
        7 => json!({}),
        8 => json!({ "type": input.arbitrary::<String>()? }),
        _ => input.arbitrary::<String>()?.into(),
    })
}

/// Returns the number of values in a document, including itself.
fn nodes(value: &Value) -> usize {
    1 + match value {
        Value::Array(values) => values.iter().map(nodes).sum(),
        Value::Object(members) => members.values().map(nodes).sum(),
        _ => 0,
    }
}

fn nth<'a>(value: &'a Value, left: &mut usize) -> Option<&'a Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(values) => values.iter().find_map(|value| nth(value, left)),
        Value::Object(members) => members.values().find_map(|value| nth(value, left)),
        _ => None,
    }
}

fn nth_mut<'a>(value: &'a mut Value, left: &mut usize) -> Option<&'a mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(values) => values.iter_mut().find_map(|value| nth_mut(value, left)),
        Value::Object(members) => members.values_mut().find_map(|value| nth_mut(value, left)),
        _ => None,
    }
}
