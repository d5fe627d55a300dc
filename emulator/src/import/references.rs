//! Finds the entities that references mean.

use logto_admin::serde_json::Value;

use super::place::{Imported, Place};
use super::sections::Target;
use crate::record::{Record, drop_repeated};
use crate::state::State;

/// Returns the id of the entity that a reference means.
pub(super) fn id(state: &State, target: &Target, value: &Value, place: &Place) -> Imported<String> {
    let reference = place.text(value)?;
    let store = &state.store;
    if let Some(record) = store.get(target.collection, reference) {
        return Ok(record.id.clone());
    }
    let mut found = store.all(target.collection).filter(|record| is_meant(state, target, record, reference));
    let missing = || place.error(format!("unknown reference to {}: `{reference}`", target.collection.name));
    let id = found.next().ok_or_else(missing)?.id.clone();
    if found.next().is_some() {
        return Err(place.error(format!("ambiguous reference to {}: `{reference}`", target.collection.name)));
    }
    Ok(id)
}

/// Returns the ids that a list of references means. Each is in the list once.
pub(super) fn ids(state: &State, target: &Target, value: &Value, place: &Place) -> Imported<Value> {
    let references = place.list(value)?.iter().enumerate();
    let ids = references.map(|(index, value)| id(state, target, value, &place.element(index)).map(Value::from));
    let mut ids = ids.collect::<Imported<Vec<Value>>>()?;
    drop_repeated(&mut ids);
    Ok(ids.into())
}

fn is_meant(state: &State, target: &Target, record: &Record, reference: &str) -> bool {
    let labelled = |label: &str| target.labels.iter().any(|name| record.text(name) == label);
    if labelled(reference) {
        return true;
    }
    let (Some((member, owners, name)), Some((owner, label))) = (target.within, reference.split_once(' ')) else {
        return false;
    };
    let owned = || state.store.get(owners, record.text(member)).is_some_and(|record| record.text(name) == owner);
    labelled(label) && owned()
}
