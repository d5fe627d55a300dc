//! Imports entities from a description, such as the seed file of the program.

mod entity;
mod perform;
mod place;
mod references;
mod sections;
mod strict;

use logto_admin::serde_json::Value;

pub use place::ImportError;

use crate::record::Members;
use crate::state::State;
use perform::perform;
use place::{Imported, Place};
use sections::{SECTIONS, Section, Shape};

/// Creates everything that the data describes.
pub(crate) fn import(data: &Value, state: &mut State) -> Imported<()> {
    let top = Place::default();
    let members = top.object(data)?;
    let known = |name: &str| SECTIONS.iter().any(|section| section.name == name);
    if let Some(name) = members.keys().find(|name| !known(name)) {
        return Err(strict::unknown(&top.member(name), SECTIONS.iter().map(|section| section.name)));
    }
    for section in SECTIONS {
        if let Some(value) = members.get(section.name).filter(|value| !value.is_null()) {
            import_section(section, value, state, &top.member(section.name))?;
        }
    }
    Ok(())
}

fn import_section(section: &Section, value: &Value, state: &mut State, place: &Place) -> Imported<()> {
    match section.shape {
        Shape::List => {
            for (index, entity) in place.list(value)?.iter().enumerate() {
                entity::create(section, entity, state, &place.element(index))?;
            }
        }
        Shape::One => {
            perform(state, section.operation, &[], place.object(value)?, place)?;
        }
        Shape::Map => {
            for (key, body) in place.object(value)? {
                let place = place.member(key);
                perform(state, section.operation, &[key], place.object(body)?, &place)?;
            }
        }
        Shape::Member(member) => {
            let body = Members::from_iter([(member.to_owned(), place.list(value)?.clone().into())]);
            perform(state, section.operation, &[], &body, place)?;
        }
    }
    Ok(())
}
