//! Answers of operations: the type that a call returns, and the reader of it.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::rust_type_in;
use crate::model::{TypeRef, Uses};
use crate::operations::{AnswerKind, Operation, Paging};

pub struct AnswerTypes {
    /// The type that awaiting the request returns.
    pub output: TokenStream,
    /// The reader in `crate::response`.
    pub reader: TokenStream,
    /// The type of a paginated list's items.
    pub item: Option<TokenStream>,
}

pub fn answer_types(operation: &Operation, uses: &Uses) -> AnswerTypes {
    let plain = |output: TokenStream, reader: TokenStream| AnswerTypes { output, reader, item: None };
    match operation.answer.kind {
        AnswerKind::None => plain(quote! { () }, quote! { Nothing }),
        AnswerKind::Text | AnswerKind::Xml | AnswerKind::Html => plain(quote! { String }, quote! { Text }),
        AnswerKind::Redirect => plain(quote! { String }, quote! { Redirect }),
        AnswerKind::Json => match (paged_item(operation, uses), json_type(uses)) {
            (Some(item), _) => {
                let item = model_type(item);
                AnswerTypes { output: quote! { Page<#item> }, reader: quote! { Items<#item> }, item: Some(item) }
            }
            (None, ty) => plain(ty.clone(), quote! { Json<#ty> }),
        },
        AnswerKind::OptionalJson => {
            let ty = json_type(uses);
            plain(quote! { Option<#ty> }, quote! { OptionalJson<#ty> })
        }
    }
}

/// Returns the type of a list's items if the list is paginated.
pub fn paged_item<'a>(operation: &Operation, uses: &'a Uses) -> Option<&'a TypeRef> {
    match &uses.answer {
        Some((TypeRef::List(item, false), false)) if operation.paging != Paging::None => Some(item),
        _ => None,
    }
}

fn json_type(uses: &Uses) -> TokenStream {
    match &uses.answer {
        Some((ty, true)) if *ty != TypeRef::Any => {
            let ty = model_type(ty);
            quote! { Option<#ty> }
        }
        Some((ty, _)) => model_type(ty),
        None => quote! { Value },
    }
}

pub fn model_type(ty: &TypeRef) -> TokenStream {
    rust_type_in(ty, &quote! { models:: })
}

/// Returns the type of the members by which the items of a list can be searched.
pub fn search_member(operation: &Operation, uses: &Uses) -> &'static str {
    let item = answer_types(operation, uses).item.map(|item| item.to_string()).unwrap_or_default();
    if item.contains("User") { "UserSearchMember" } else { "SearchMember" }
}
