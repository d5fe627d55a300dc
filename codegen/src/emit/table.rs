//! Generates `src/operation/table.rs`: the metadata of each operation.

use heck::ToShoutySnakeCase;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::methods::summary;
use super::text::{Item, file};
use crate::failure::Result;
use crate::methods::method_name;
use crate::model::{TypeRef, Uses};
use crate::operations::{AnswerKind, Authentication, BodyKind, Operation, Paging};
use crate::pipeline::Plan;
use crate::release::Release;

/// Returns the name of an operation's static.
pub fn static_name(id: &str) -> Ident {
    Ident::new(&id.to_shouty_snake_case(), Span::call_site())
}

pub fn file_text(plan: &Plan) -> Result<String> {
    let operations = plan.operations.iter().zip(&plan.model.uses).zip(&plan.groups.of_operation);
    let mut entries: Vec<(&Operation, &Uses, &String)> =
        operations.map(|((operation, uses), group)| (operation, uses, group)).collect();
    entries.sort_by(|(a, ..), (b, ..)| a.id.cmp(&b.id));
    let names = entries.iter().map(|(operation, ..)| static_name(&operation.id));
    let mut items = vec![Item::Plain(quote! {
        #[doc = " All operations, sorted by id."]
        pub static TABLE: &[&OperationInfo] = &[#(&#names),*];
    })];
    items.extend(entries.iter().map(|(operation, uses, group)| Item::Plain(entry(plan, operation, uses, group))));
    let head = quote! {
        use crate::operation::{AnswerKind, Authentication, BodyKind, OperationInfo, Paging, ParameterKind, QueryParameter, Release};
        use crate::transport::Method;
    };
    file("Metadata of all operations.", head, &items)
}

fn entry(plan: &Plan, operation: &Operation, uses: &Uses, group: &str) -> TokenStream {
    let (info, id, path) = (static_name(&operation.id), &operation.id, &operation.path);
    let doc = format!(" `{} {path}`", operation.method);
    let name = method_name(id, group, &plan.settings.names);
    let method = Ident::new(&crate::words::pascal(&operation.method.to_lowercase()), Span::call_site());
    let path_parameters = operation.path_parameters.iter().map(|input| &input.name);
    let query_parameters = query_parameters(operation, uses);
    let (body, answer, paging, authentication) =
        (body(operation), answer(operation), paging(operation), authentication(operation));
    let (success, idempotent, deprecated) = (&operation.success, operation.idempotent, operation.deprecated);
    let items_at = match &operation.items_at {
        Some(member) => quote! { Some(#member) },
        None => quote! { None },
    };
    let since = release(operation.since);
    // The release of a server does not follow from the operations that only this server has.
    let until = operation.until.or((!operation.is_known).then_some(Release::NEXT));
    let until = match until.map(release) {
        Some(until) => quote! { Some(#until) },
        None => quote! { None },
    };
    let summary = summary(plan, operation).replace(['[', ']'], "");
    quote! {
        #[doc = #doc]
        pub(crate) static #info: OperationInfo = OperationInfo {
            id: #id,
            group: #group,
            name: #name,
            method: Method::#method,
            path: #path,
            path_parameters: &[#(#path_parameters),*],
            query_parameters: &[#(#query_parameters),*],
            body: #body,
            answer: AnswerKind::#answer,
            success: &[#(#success),*],
            paging: Paging::#paging,
            items_at: #items_at,
            idempotent: #idempotent,
            authentication: Authentication::#authentication,
            deprecated: #deprecated,
            since: #since,
            until: #until,
            summary: #summary,
        };
    }
}

fn release(release: Release) -> TokenStream {
    match release {
        Release::OLDEST => quote! { Release::OLDEST },
        Release::NEXT => quote! { Release::NEXT },
        release => {
            let minor = Literal::u16_unsuffixed(release.minor());
            quote! { Release::new(#minor) }
        }
    }
}

fn query_parameters(operation: &Operation, uses: &Uses) -> Vec<TokenStream> {
    let own = operation.query_parameters.iter().zip(&uses.query).map(|(input, ty)| {
        let kind = match ty {
            TypeRef::Integer | TypeRef::Float => quote! { Number },
            TypeRef::Boolean => quote! { Boolean },
            TypeRef::List(..) => quote! { List },
            _ => quote! { String },
        };
        (input.name.as_str(), input.required, kind)
    });
    let search = operation.searchable.then(|| ("search_params", false, quote! { Search }));
    own.chain(search)
        .map(|(name, required, kind)| quote! { QueryParameter { name: #name, required: #required, kind: ParameterKind::#kind } })
        .collect()
}

fn body(operation: &Operation) -> TokenStream {
    match &operation.body {
        None => quote! { BodyKind::None },
        Some(body) => {
            let required = body.required;
            match body.kind {
                BodyKind::Json => quote! { BodyKind::Json { required: #required } },
                BodyKind::Form => quote! { BodyKind::Form { required: #required } },
                BodyKind::Multipart => quote! { BodyKind::Multipart { required: #required } },
            }
        }
    }
}

fn answer(operation: &Operation) -> TokenStream {
    match operation.answer.kind {
        AnswerKind::None => quote! { None },
        AnswerKind::Json => quote! { Json },
        AnswerKind::OptionalJson => quote! { OptionalJson },
        AnswerKind::Text => quote! { Text },
        AnswerKind::Xml => quote! { Xml },
        AnswerKind::Html => quote! { Html },
        AnswerKind::Redirect => quote! { Redirect },
    }
}

fn paging(operation: &Operation) -> TokenStream {
    match operation.paging {
        Paging::None => quote! { None },
        Paging::Always => quote! { Always },
        Paging::OnRequest => quote! { OnRequest },
    }
}

fn authentication(operation: &Operation) -> TokenStream {
    match operation.authentication {
        Authentication::Management => quote! { Management },
        Authentication::User => quote! { User },
        Authentication::Session => quote! { Session },
        Authentication::None => quote! { None },
    }
}
