//! Generates `src/models`: one file per group of entities.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::cfg::any_feature;
use super::docs::Docs;
use super::text::{Item, file};
use super::{structs, unions};
use crate::failure::Result;
use crate::model::{Shape, TypeDef};
use crate::naming::glob;
use crate::pipeline::Plan;
use crate::words::{pascal, singular};

/// The file of types that are shared by groups and belong to none in particular.
const SHARED: &str = "shared";

/// Returns all files, by path relative to the workspace.
pub fn files(plan: &Plan) -> Result<BTreeMap<String, String>> {
    let docs = Docs::new(plan);
    let mut homes: BTreeMap<String, Vec<&TypeDef>> = BTreeMap::new();
    for type_def in plan.model.types.values() {
        homes.entry(home(plan, type_def)).or_default().push(type_def);
    }
    let mut files = BTreeMap::new();
    let mut modules = Vec::new();
    for (home, types) in &homes {
        let groups: BTreeSet<String> = types.iter().flat_map(|type_def| type_def.groups.iter().cloned()).collect();
        let items: Vec<Item> = types
            .iter()
            .map(|type_def| item(plan, &docs, type_def, &groups))
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect();
        files.insert(format!("src/models/{home}.rs"), file(&title(plan, home), head(), &items)?);
        let module = crate::words::ident(home);
        let cfg = any_feature(&groups);
        modules.push(Item::Plain(quote! { #cfg mod #module; #cfg pub use #module::*; }));
    }
    let head = quote! { #![allow(unused_imports)] };
    files.insert(
        "src/models/mod.rs".to_owned(),
        file("Types of requests and responses: entities and request bodies.", head, &modules)?,
    );
    Ok(files)
}

fn head() -> TokenStream {
    quote! {
        use std::collections::BTreeMap;
        use serde_json::Value;
        use super::*;
        use crate::types::{False, JsonObject, Number, Patch, Timestamp, TimestampSeconds, True};
    }
}

fn title(plan: &Plan, home: &str) -> String {
    match plan.groups.tags.get(home) {
        Some(tag) => format!("Types of the {tag} group."),
        None if home == SHARED => "Types that several groups use.".to_owned(),
        None => format!("Types related to {}.", home.replace('_', " ")),
    }
}

fn item(plan: &Plan, docs: &Docs, type_def: &TypeDef, file_groups: &BTreeSet<String>) -> Result<Vec<Item>> {
    // A type needs no gate if the whole file has the same one.
    let cfg = if type_def.groups == *file_groups { TokenStream::new() } else { any_feature(&type_def.groups) };
    match &type_def.shape {
        Shape::Struct(structure) => Ok(structs::items(docs, type_def, structure, &cfg)),
        Shape::Enum(values) => Ok(vec![unions::open_enum(plan, docs, type_def, values, cfg)?]),
        Shape::Tagged { tag, branches } => Ok(vec![unions::tagged(plan, docs, type_def, tag, branches, cfg)?]),
        Shape::Untagged(branches) => Ok(vec![unions::untagged(plan, docs, type_def, branches, cfg)?]),
    }
}

/// Returns the file of a type. It is in `spec/names.toml`, or follows from the only group that uses the type.
/// Otherwise, the group whose name the type's name starts with determines the file.
fn home(plan: &Plan, type_def: &TypeDef) -> String {
    let settled = plan
        .settings
        .names
        .files
        .iter()
        .find(|(_, patterns)| patterns.iter().any(|pattern| glob(pattern, &type_def.name)));
    if let Some((file, _)) = settled {
        return file.clone();
    }
    let mut groups = type_def.groups.iter();
    match (groups.next(), groups.next()) {
        (Some(only), None) => only.clone(),
        _ => {
            let fitting = type_def.groups.iter().filter(|group| type_def.name.starts_with(&pascal(&singular(group))));
            fitting.max_by_key(|group| group.len()).cloned().unwrap_or_else(|| SHARED.to_owned())
        }
    }
}
