//! Tests of the generator with a small document. They cover the files it generates, the errors it reports, and how it
//! merges releases.

mod golden;
mod odd;
mod refusals;
mod reserved;
mod setter_links;
mod unions;
mod unsupported;
mod versions;

use serde_json::Value;

use crate::corrections::{Corrections, Document};
use crate::failure::Result;
use crate::pipeline::Plan;
use crate::release::Release;
use crate::settings::{Members, Names, Settings};

const SMALL: &str = include_str!("../../fixtures/small.json");

fn small() -> Value {
    serde_json::from_str(SMALL).unwrap()
}

fn settings() -> Settings {
    let names: Names =
        toml::from_str("[types]\nPet = ['ListPets.200[]', 'CreatePet.201']\nTags = ['CreatePet.body.tags']").unwrap();
    let members = Members {
        milliseconds: vec!["createdAt".into(), "since".into()],
        secrets: vec!["secret".into()],
        ..Members::default()
    };
    Settings { names, members, ..Settings::default() }
}

fn newest(value: Value) -> Document {
    Document { release: Release::NEXT, value }
}

fn plan(document: Value) -> Result<Plan> {
    Plan::of(vec![newest(document)], settings(), &Corrections::default(), true)
}
