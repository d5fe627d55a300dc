//! Open enums and unions.

use std::collections::HashSet;

use indexmap::IndexSet;
use proc_macro2::TokenStream;
use quote::quote;

use super::docs::Docs;
use super::text::Item;
use super::types::rust_type;
use crate::failure::{Failure, Result};
use crate::model::{TypeDef, TypeRef};
use crate::pipeline::Plan;
use crate::words::{ident, pascal};

/// The variant that the macros add.
const UNKNOWN: &str = "Unknown";

pub fn open_enum(
    plan: &Plan,
    docs: &Docs,
    type_def: &TypeDef,
    values: &IndexSet<String>,
    cfg: TokenStream,
) -> Result<Item> {
    let names = variants(plan, type_def, values.iter().map(|value| (value.clone(), value_name(value))))?;
    let variants = names.iter().zip(values).map(|(name, value)| {
        let doc = docs.attributes(&docs.value_text(&type_def.name, name, value));
        let name = ident(name);
        quote! { #doc #name = #value }
    });
    Ok(item("string_enum", docs, type_def, quote! { #(#variants),* }, None, cfg))
}

pub fn tagged(
    plan: &Plan,
    docs: &Docs,
    type_def: &TypeDef,
    tag: &str,
    branches: &[(String, TypeRef)],
    cfg: TokenStream,
) -> Result<Item> {
    let names = variants(plan, type_def, branches.iter().map(|(text, _)| (text.clone(), value_name(text))))?;
    let variants = names.iter().zip(branches).map(|(name, (text, ty))| {
        let doc = docs.attributes(&docs.value_text(&type_def.name, name, text));
        let (name, ty) = (ident(name), rust_type(ty));
        quote! { #doc #name(#ty) = #text }
    });
    Ok(item("tagged_union", docs, type_def, quote! { #(#variants),* }, Some(tag.to_owned()), cfg))
}

pub fn untagged(plan: &Plan, docs: &Docs, type_def: &TypeDef, branches: &[TypeRef], cfg: TokenStream) -> Result<Item> {
    let names = variants(plan, type_def, branches.iter().map(|ty| (branch_name(ty), branch_name(ty))))?;
    let variants = names.iter().zip(branches).map(|(name, ty)| {
        let text = match ty.named() {
            Some(named) => format!("[{named}]."),
            None => format!("{}.", branch_name(ty)),
        };
        let doc = docs.attributes(&text);
        let (name, ty) = (ident(name), rust_type(ty));
        quote! { #doc #name(#ty) }
    });
    Ok(item("untagged_union", docs, type_def, quote! { #(#variants),* }, None, cfg))
}

fn item(
    name: &'static str,
    docs: &Docs,
    type_def: &TypeDef,
    variants: TokenStream,
    by: Option<String>,
    cfg: TokenStream,
) -> Item {
    let doc = docs.attributes(&docs.type_text(type_def));
    let ident = ident(&type_def.name);
    Item::Macro { name, cfg, body: quote! { #doc pub enum #ident { #variants } }, by }
}

/// Names of variants: settled ones by value, else what follows from the value.
fn variants(plan: &Plan, type_def: &TypeDef, values: impl Iterator<Item = (String, String)>) -> Result<Vec<String>> {
    let settled = &plan.settings.names.variants;
    let names = values.map(|(value, derived)| {
        let name = settled.get(&format!("{}.{value}", type_def.name)).or_else(|| settled.get(&value));
        name.cloned().unwrap_or(derived)
    });
    let names: Vec<String> = names.collect();
    let mut seen = HashSet::from([UNKNOWN]);
    match names.iter().find(|name| !seen.insert(name)) {
        Some(twice) => {
            Err(Failure::Unsettled(vec![format!("  {}: two variants would be called {twice}", type_def.name)]))
        }
        None => Ok(names),
    }
}

/// The variant of a value; of a URN its last part.
fn value_name(value: &str) -> String {
    let last = if value.starts_with("urn:") { value.rsplit(':').next().unwrap_or(value) } else { value };
    let name = pascal(last);
    if name.is_empty() { "Empty".to_owned() } else { name }
}

fn branch_name(ty: &TypeRef) -> String {
    match ty {
        TypeRef::Named(name) => name.clone(),
        TypeRef::List(..) => "List".to_owned(),
        TypeRef::Map(..) | TypeRef::FreeObject => "Object".to_owned(),
        TypeRef::String | TypeRef::Binary => "String".to_owned(),
        TypeRef::Integer | TypeRef::Float | TypeRef::Milliseconds | TypeRef::Seconds => "Number".to_owned(),
        TypeRef::Boolean => "Boolean".to_owned(),
        TypeRef::True => "True".to_owned(),
        TypeRef::False => "False".to_owned(),
        TypeRef::Any => "Any".to_owned(),
    }
}
