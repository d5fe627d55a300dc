//! Generates the methods of groups and the setters of requests.

use proc_macro2::TokenStream;
use quote::quote;

use super::answers::model_type;
use super::docs::{Docs, plain, visible};
use super::parameters::{has_setter, parameter_name};
use super::setter_links::setter_links;
use super::structs::single_member;
use crate::methods::method_name;
use crate::model::{TypeRef, Uses};
use crate::operations::{Authentication, Body, BodyKind, Input, Operation, Paging};
use crate::pipeline::Plan;
use crate::schema::Kind;
use crate::words::{ident, snake, unique};

/// An argument of a method. The call passes it to the request.
struct Argument {
    signature: TokenStream,
    call: TokenStream,
    doc: Option<String>,
}

/// Returns the method that creates an operation's request.
pub fn method(plan: &Plan, docs: &Docs, operation: &Operation, uses: &Uses, group: &str) -> TokenStream {
    let (name, id) = (ident(&method_name(&operation.id, group, &plan.settings.names)), operation_type(&operation.id));
    let mut arguments: Vec<Argument> = Vec::new();
    for (input, ty) in operation.path_parameters.iter().zip(&uses.path) {
        arguments.push(path_argument(plan, docs, operation, input, ty));
    }
    for (input, ty) in operation.query_parameters.iter().zip(&uses.query).filter(|(input, _)| input.required) {
        let (argument, query) = (ident(&parameter_name(plan, operation, input)), &input.name);
        let (signature, call) = query_value(plan, input, ty, &argument);
        let doc = input_text(docs, operation, input, ty);
        arguments.push(Argument {
            signature: quote! { #argument: #signature },
            call: quote! { .query(#query, #call) },
            doc: Some(argument_doc(&argument, &doc)),
        });
    }
    if let Some(body) = operation.body.as_ref().filter(|body| body.required) {
        arguments.extend(body_arguments(plan, docs, operation, body, uses));
    }
    let listed: Vec<&String> = arguments.iter().filter_map(|argument| argument.doc.as_ref()).collect();
    let doc = docs.operation_attributes(&method_text(plan, operation, uses, &listed));
    let alias = (name != snake(&operation.id)).then(|| {
        let alias = &operation.id;
        quote! { #[doc(alias = #alias)] }
    });
    let deprecated = operation.deprecated.then(|| quote! { #[deprecated] });
    let signatures = arguments.iter().map(|argument| &argument.signature);
    let calls = arguments.iter().map(|argument| &argument.call);
    quote! {
        #doc #alias #deprecated
        pub fn #name(&self, #(#signatures),*) -> Request<#id> {
            Request::new(self.context)#(#calls)*
        }
    }
}

/// Returns the setters of optional parameters and of an optional body.
pub fn setters(plan: &Plan, docs: &Docs, operation: &Operation, uses: &Uses) -> Option<TokenStream> {
    let mut setters = Vec::new();
    let optional = operation.query_parameters.iter().zip(&uses.query).filter(|(input, _)| !input.required);
    for (input, ty) in optional.filter(|(input, _)| has_setter(operation, input)) {
        let (argument, query) = (ident(&parameter_name(plan, operation, input)), &input.name);
        let (signature, argument_value) = match optional_query_value(plan, input, ty) {
            Some(optional) => optional,
            None => query_value(plan, input, ty, &ident("value")),
        };
        let doc = docs.attributes(&input_text(docs, operation, input, ty));
        setters.push(quote! {
            #doc
            pub fn #argument(self, value: #signature) -> Self {
                self.query(#query, #argument_value)
            }
        });
    }
    if let Some(body) = operation.body.as_ref().filter(|body| !body.required) {
        let ty = body_type(uses);
        let call = body_call(body);
        setters.push(quote! {
            #[doc = " Sets the request body."]
            pub fn body(self, body: impl Borrow<#ty>) -> Self {
                self #call
            }
        });
    }
    let id = operation_type(&operation.id);
    (!setters.is_empty()).then(|| quote! { impl Request<#id> { #(#setters)* } })
}

fn argument_doc(name: &proc_macro2::Ident, text: &str) -> String {
    format!("- `{}`: {}", name.to_string().trim_start_matches("r#"), text.replace("\n\n", " "))
}

/// Returns the text of a parameter. It names the type of an enum, because the argument accepts any text.
fn input_text(docs: &Docs, operation: &Operation, input: &Input, ty: &TypeRef) -> String {
    let text = docs.parameter_text(&operation.id, &input.name, &input.schema.facts, input.span);
    match ty {
        TypeRef::Named(name) => format!("{text} One of the [{name}] values."),
        TypeRef::List(items, _) => {
            items.named().map(|name| format!("{text} Each element is one of the [{name}] values.")).unwrap_or(text)
        }
        _ => text,
    }
}

fn path_argument(plan: &Plan, docs: &Docs, operation: &Operation, input: &Input, ty: &TypeRef) -> Argument {
    let (argument, name) = (ident(&parameter_name(plan, operation, input)), &input.name);
    let doc = input_text(docs, operation, input, ty);
    Argument {
        signature: quote! { #argument: impl AsRef<str> },
        call: quote! { .path_parameter(#name, #argument.as_ref()) },
        doc: Some(argument_doc(&argument, &doc)),
    }
}

/// Returns type and conversion of a query parameter's argument.
fn query_value(plan: &Plan, input: &Input, ty: &TypeRef, name: &proc_macro2::Ident) -> (TokenStream, TokenStream) {
    let times = &plan.settings.members.milliseconds;
    match ty {
        TypeRef::Integer if times.contains(&input.name) => (quote! { impl Into<Timestamp> }, quote! { #name.into() }),
        TypeRef::Integer => (quote! { i64 }, quote! { #name }),
        TypeRef::Boolean => (quote! { bool }, quote! { #name }),
        TypeRef::List(..) => (
            quote! { impl IntoIterator<Item = impl AsRef<str>> },
            quote! { #name.into_iter().map(|value| value.as_ref().to_owned()).collect::<Vec<String>>() },
        ),
        _ => (quote! { impl AsRef<str> }, quote! { #name.as_ref() }),
    }
}

/// Returns type and conversion of a setter's argument that may be `None`.
fn optional_query_value(plan: &Plan, input: &Input, ty: &TypeRef) -> Option<(TokenStream, TokenStream)> {
    match ty {
        TypeRef::String | TypeRef::Named(_) => Some((quote! { impl TextValue }, quote! { value })),
        TypeRef::Integer if plan.settings.members.milliseconds.contains(&input.name) => {
            Some((quote! { impl TimeValue }, quote! { value.time() }))
        }
        TypeRef::Integer => Some((quote! { impl Into<Option<i64>> }, quote! { value.into() })),
        TypeRef::Boolean => Some((quote! { impl Into<Option<bool>> }, quote! { value.into() })),
        _ => None,
    }
}

/// Returns the borrowed type of a body.
pub fn body_type(uses: &Uses) -> TokenStream {
    match &uses.body {
        Some(TypeRef::List(items, false)) => {
            let items = model_type(items);
            quote! { [#items] }
        }
        Some(ty) => model_type(ty),
        None => quote! { Value },
    }
}

fn body_call(body: &Body) -> TokenStream {
    match body.kind {
        BodyKind::Form => quote! { .form(body.borrow()) },
        BodyKind::Json | BodyKind::Multipart => quote! { .json(body.borrow()) },
    }
}

fn body_arguments(plan: &Plan, docs: &Docs, operation: &Operation, body: &Body, uses: &Uses) -> Vec<Argument> {
    if body.kind == BodyKind::Multipart {
        return multipart_arguments(plan, docs, operation);
    }
    let (ty, call) = (body_type(uses), body_call(body));
    let named =
        uses.body.as_ref().and_then(|ty| if let TypeRef::Named(name) = ty { plan.model.types.get(name) } else { None });
    let Some(field) = named.and_then(single_member) else {
        return vec![Argument { signature: quote! { body: impl Borrow<#ty> }, call, doc: None }];
    };
    let call = match body.kind {
        BodyKind::Form => quote! { .form(&body.into()) },
        BodyKind::Json | BodyKind::Multipart => quote! { .json(&body.into()) },
    };
    let doc = format!("- `body`: the value of `{}`, or the whole body.", field.member);
    vec![Argument { signature: quote! { body: impl Into<#ty> }, call, doc: Some(doc) }]
}

/// Returns an argument for each member of a multipart body: a file or text.
fn multipart_arguments(plan: &Plan, docs: &Docs, operation: &Operation) -> Vec<Argument> {
    let required = operation.query_parameters.iter().filter(|input| input.required);
    let others = operation.path_parameters.iter().chain(required);
    let mut taken = others.map(|input| ident(&parameter_name(plan, operation, input)).to_string()).collect();
    let mut arguments = Vec::new();
    let mut parts = Vec::new();
    for (member, schema) in operation.parts().into_iter().flatten() {
        let name = ident(&unique(&snake(member), &mut taken));
        let (signature, part) = match &schema.schema.kind {
            Kind::Binary => (quote! { #name: Upload }, quote! { Part::file(#member, #name) }),
            _ => (quote! { #name: impl Into<String> }, quote! { Part::text(#member, #name) }),
        };
        let doc = docs.parameter_text(&operation.id, member, &schema.schema.facts, schema.span);
        arguments.push(Argument { signature, call: TokenStream::new(), doc: Some(argument_doc(&name, &doc)) });
        parts.push(part);
    }
    if let Some(last) = arguments.last_mut() {
        last.call = quote! { .multipart(&[#(#parts),*]) };
    }
    arguments
}

fn method_text(plan: &Plan, operation: &Operation, uses: &Uses, arguments: &[&String]) -> String {
    let mut text = summary(plan, operation);
    if let Some(description) = operation.description.as_ref().filter(|description| !description.is_empty()) {
        text.push_str(&format!("\n\n{}", plain(description)));
    }
    let success: Vec<String> = operation.success.iter().map(u16::to_string).collect();
    text.push_str(&format!("\n\n`{} {}`. Success status: {}.", operation.method, operation.path, success.join(" or ")));
    text.push_str(&pages_and_caller(operation));
    if let Some(releases) = operation.releases_text() {
        text.push_str(&format!(" {releases}"));
    }
    if !arguments.is_empty() {
        text.push_str("\n\n");
        text.push_str(&arguments.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n"));
    }
    text.push_str(&setter_links(plan, operation, uses));
    if !operation.errors.is_empty() {
        let errors: Vec<String> = operation.errors.iter().map(|&status| error_text(status)).collect();
        text.push_str(&format!("\n\n# Errors\nFails with {}.", errors.join(", ")));
    }
    text
}

/// Returns sentences about pages and the caller, each after a space.
pub fn pages_and_caller(operation: &Operation) -> String {
    let pages = match operation.paging {
        Paging::Always => " Paginated: 20 items per page by default.",
        Paging::OnRequest => " Paginated if you request a page or a page size, otherwise returns all items.",
        Paging::None => "",
    };
    let caller = match operation.authentication {
        Authentication::Management => "",
        Authentication::User => " Requires a user access token.",
        Authentication::Session => " Requires the cookies of a sign-in in progress.",
        Authentication::None => " Requires no access token.",
    };
    format!("{pages}{caller}")
}

/// Returns the name of an operation's type. The suffix keeps it apart from the models: the body of `CreateUser` is a
/// `CreateUser`.
pub fn operation_type(id: &str) -> proc_macro2::Ident {
    ident(&format!("{id}Op"))
}

/// Returns the one-line summary of an operation.
pub fn summary(plan: &Plan, operation: &Operation) -> String {
    let prose = operation.summary.as_deref().map(plain).filter(|text| !text.is_empty());
    let own = || plan.settings.summaries.operations.get(&operation.id).cloned();
    prose.map(|text| visible(&text)).or_else(own).unwrap_or_else(|| {
        let words = snake(&operation.id).replace('_', " ");
        let mut letters = words.chars();
        let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
        format!("{first}{}.", letters.as_str())
    })
}

fn error_text(status: u16) -> String {
    let meaning = match status {
        400 => "invalid input",
        401 => "missing or invalid token",
        403 => "permission denied",
        404 => "not found",
        409 => "conflict",
        422 => "rejected by a rule",
        429 => "too many requests",
        500 => "server error",
        501 => "unconfigured",
        _ => return status.to_string(),
    };
    format!("{status} ({meaning})")
}
