//! Generates `tests/native/operations/dispatch.rs`. It has the typed code that calls an operation and reads its answer,
//! by id.

use proc_macro2::TokenStream;
use quote::quote;

use super::answers::{answer_types, model_type};
use super::methods::{body_type, operation_type};
use super::parameters::parameter_name;
use super::text::{Item, file};
use crate::failure::Result;
use crate::methods::method_name;
use crate::model::{TypeRef, Uses};
use crate::operations::{BodyKind, Input, Operation, PAGE_PARAMETERS};
use crate::pipeline::Plan;
use crate::schema::Kind;
use crate::words::ident;

pub fn file_text(plan: &Plan) -> Result<String> {
    let operations = plan.operations.iter().zip(&plan.model.uses).zip(&plan.groups.of_operation);
    let entries = operations.map(|((operation, uses), group)| entry(plan, operation, uses, group));
    let head = quote! {
        #![allow(deprecated, unused_imports)]
        use std::collections::BTreeMap;
        use logto_admin::types::{JsonObject, Number, Timestamp};
        use logto_admin::{api, models};
        use serde_json::Value;
        use super::typed::{Typed, list, plain};
    };
    let table = quote! {
        #[doc = " All operations."]
        pub(crate) static OPERATIONS: &[Typed] = &[#(#entries),*];
    };
    file("Calls operations by id, through their typed methods.", head, &[Item::Plain(table)])
}

fn entry(plan: &Plan, operation: &Operation, uses: &Uses, group: &str) -> TokenStream {
    let (id, name, module) = (&operation.id, operation_type(&operation.id), ident(group));
    let method = ident(&method_name(id, group, &plan.settings.names));
    let arguments = arguments(plan, operation, uses);
    let setters = setters(plan, operation, uses);
    let is_list = answer_types(operation, uses).item.is_some();
    let reader = if is_list {
        quote! { list }
    } else {
        quote! { plain }
    };
    let paged = is_list.then(|| quote! { let request = input.page(request)?; });
    let searched = operation.searchable.then(|| quote! { let request = input.search(request)?; });
    quote! {
        Typed {
            id: #id,
            build: |client, input| {
                let request = client.#module().#method(#(#arguments),*);
                #(#setters)*
                #searched
                #paged
                input.finish(request)
            },
            read: #reader::<api::#module::#name>,
        }
    }
}

/// Returns the method's arguments. These are the path parameters, the required query parameters, and the required body.
fn arguments(plan: &Plan, operation: &Operation, uses: &Uses) -> Vec<TokenStream> {
    let mut arguments = Vec::new();
    for (input, ty) in operation.path_parameters.iter().zip(&uses.path) {
        let (name, ty) = (&input.name, model_type(ty));
        arguments.push(quote! { input.path::<#ty>(#name)? });
    }
    for (input, ty) in operation.query_parameters.iter().zip(&uses.query).filter(|(input, _)| input.required) {
        let (name, ty) = (&input.name, query_type(plan, input, ty));
        arguments.push(quote! { input.query::<#ty>(#name)? });
    }
    match operation.body.as_ref().filter(|body| body.required) {
        Some(body) if body.kind == BodyKind::Multipart => arguments.extend(parts(operation)),
        Some(_) => {
            let ty = owned_body_type(uses);
            arguments.push(quote! { input.body::<#ty>()? });
        }
        None => {}
    }
    arguments
}

/// Returns the type of a query parameter. A time is a `Timestamp`, even if the document types it as a number.
fn query_type(plan: &Plan, input: &Input, ty: &TypeRef) -> TokenStream {
    match ty {
        TypeRef::Integer if plan.settings.members.milliseconds.contains(&input.name) => quote! { Timestamp },
        ty => model_type(ty),
    }
}

fn parts(operation: &Operation) -> Vec<TokenStream> {
    let members = operation.parts().into_iter().flatten();
    members
        .map(|(name, member)| match member.schema.kind {
            Kind::Binary => quote! { input.file(#name)? },
            _ => quote! { input.text(#name)? },
        })
        .collect()
}

fn owned_body_type(uses: &Uses) -> TokenStream {
    match &uses.body {
        Some(ty @ TypeRef::List(..)) => model_type(ty),
        _ => body_type(uses),
    }
}

/// Returns calls of setters: of the optional parameters and body in the input.
fn setters(plan: &Plan, operation: &Operation, uses: &Uses) -> Vec<TokenStream> {
    let mut setters = Vec::new();
    let optional = operation.query_parameters.iter().zip(&uses.query).filter(|(input, _)| !input.required);
    for (input, ty) in optional.filter(|(input, _)| !PAGE_PARAMETERS.contains(&input.name.as_str())) {
        let (name, setter, ty) =
            (&input.name, ident(&parameter_name(plan, operation, input)), query_type(plan, input, ty));
        setters.push(quote! {
            let request = match input.optional_query::<#ty>(#name)? {
                Some(value) => request.#setter(value),
                None => request,
            };
        });
    }
    if operation.body.as_ref().is_some_and(|body| !body.required) {
        let ty = owned_body_type(uses);
        setters.push(quote! {
            let request = match input.optional_body::<#ty>()? {
                Some(body) => request.body(body),
                None => request,
            };
        });
    }
    setters
}
