//! Generates open enums and unions.

use indexmap::IndexSet;
use proc_macro2::TokenStream;
use quote::quote;

use super::docs::Docs;
use super::text::Item;
use super::types::rust_type;
use super::variants::{branch_name, variant_names};
use crate::failure::Result;
use crate::model::{Shape, TypeDef, TypeRef};
use crate::pipeline::Plan;
use crate::words::ident;

pub fn open_enum(
    plan: &Plan,
    docs: &Docs,
    type_def: &TypeDef,
    values: &IndexSet<String>,
    cfg: TokenStream,
) -> Result<Item> {
    let names = variant_names(plan, type_def)?;
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
    let names = variant_names(plan, type_def)?;
    let variants = names.iter().zip(branches).map(|(name, (text, ty))| {
        let doc = docs.attributes(&docs.value_text(&type_def.name, name, text));
        let (name, ty) = (ident(name), rust_type(ty));
        quote! { #doc #name(#ty) = #text }
    });
    Ok(item("tagged_union", docs, type_def, quote! { #(#variants),* }, Some(tag.to_owned()), cfg))
}

pub fn untagged(plan: &Plan, docs: &Docs, type_def: &TypeDef, branches: &[TypeRef], cfg: TokenStream) -> Result<Item> {
    let names = variant_names(plan, type_def)?;
    let variants = names.iter().zip(branches).map(|(name, ty)| {
        let own = docs.variant_text(&type_def.name, name);
        let doc = docs.attributes(&own.unwrap_or_else(|| match ty.named() {
            Some(named) => format!("[{named}]."),
            None => format!("{}.", branch_name(ty)),
        }));
        let (name, json, ty) = (ident(name), json_type(plan, ty), rust_type(ty));
        quote! { #doc #name(#ty) = #json }
    });
    Ok(item("untagged_union", docs, type_def, quote! { #(#variants),* }, None, cfg))
}

/// Returns the JSON type that identifies a variant. `types::support::Json` has it.
fn json_type(plan: &Plan, ty: &TypeRef) -> TokenStream {
    match ty {
        TypeRef::Any => quote! { Any },
        TypeRef::FreeObject => quote! { FreeObject },
        TypeRef::String | TypeRef::Binary => quote! { Text },
        TypeRef::Integer | TypeRef::Float | TypeRef::Milliseconds | TypeRef::Seconds => quote! { Number },
        TypeRef::Boolean | TypeRef::True | TypeRef::False => quote! { Boolean },
        TypeRef::List(..) => quote! { List },
        TypeRef::Map(..) => quote! { Object },
        TypeRef::Named(name) => match plan.model.types.get(name).map(|type_def| &type_def.shape) {
            Some(Shape::Struct(_) | Shape::Tagged { .. }) => quote! { Object },
            Some(Shape::Enum(_)) => quote! { Text },
            Some(Shape::Untagged(_)) | None => quote! { Any },
        },
    }
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
