//! Generates structs for objects with members.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::Docs;
use super::text::Item;
use super::types::rust_type;
use crate::model::{EXTRA, Field, Shape, Struct, TypeDef, TypeRef};
use crate::words::ident;

/// Maximum width of a list of members on one line.
const WIDTH: usize = 112;

/// Returns a struct with its implementations. A macro call implements reading and writing it.
pub fn items(docs: &Docs, type_def: &TypeDef, structure: &Struct, cfg: &TokenStream) -> Vec<Item> {
    let name = ident(&type_def.name);
    let doc = docs.attributes(&docs.type_text(type_def));
    let fields = structure.fields.iter().map(|field| member(docs, &type_def.name, field));
    let extra = structure.open.then(|| {
        let extra = ident(EXTRA);
        quote! { #[doc = " Additional members."] pub #extra: JsonObject, }
    });
    let secret = structure.fields.iter().any(|field| field.secret);
    let debug = (!secret).then(|| quote! { Debug, });
    let default = structure.fields.iter().all(has_default).then(|| quote! { Default, });
    let constructor = type_def.sent.then(|| constructor(&name, structure)).flatten();
    let redacted = secret.then(|| redacted_debug(&type_def.name, structure));
    let items = quote! {
        #doc
        #[derive(Clone, #debug #default PartialEq)]
        pub struct #name { #(#fields)* #extra }
        #constructor
        #redacted
    };
    let mut text = object(&type_def.name, structure);
    if let Some(field) = single_member(type_def) {
        let (name, member) = (&type_def.name, ident(&field.member));
        let ty = match &field.ty {
            TypeRef::String => quote! { text },
            TypeRef::List(items, false) if **items == TypeRef::String => quote! { texts },
            ty => {
                let ty = rust_type(ty);
                quote! { (#ty) }
            }
        };
        text.push_str(&format!("\ncrate::types::single_member! {{ {name} {member} {ty} }}\n"));
    }
    vec![Item::Gated { cfg: cfg.clone(), items, text }]
}

/// Returns the only member of a type that requests send, if it is required. Callers may pass its value instead.
pub fn single_member(type_def: &TypeDef) -> Option<&Field> {
    match &type_def.shape {
        Shape::Struct(Struct { fields, open: false, tag: None, .. }) if type_def.sent && fields.len() == 1 => {
            fields.first().filter(|field| matches!(presence(field), Presence::Required) && !has_default(field))
        }
        _ => None,
    }
}

/// Returns the macro call for a struct. It lists the presence, the field and the JSON name of each member.
fn object(name: &str, structure: &Struct) -> String {
    let members: Vec<String> = structure
        .fields
        .iter()
        .map(|field| {
            let kind = match (presence(field), field.ty == TypeRef::Integer) {
                (Presence::Required, false) => "required",
                (Presence::Nullable, false) => "nullable",
                (Presence::Optional, false) => "optional",
                (Presence::Patch, false) => "patch",
                (Presence::Required, true) => "whole",
                (Presence::Nullable, true) => "nullable_whole",
                (Presence::Optional, true) => "optional_whole",
                (Presence::Patch, true) => "patch_whole",
            };
            format!("{kind} {} {:?}", ident(&field.member), field.name)
        })
        .collect();
    let tag = structure.tag.as_ref().map(|(tag, text)| format!(" tag {tag:?} {text:?}"));
    let rest = structure.open.then(|| format!(" rest {EXTRA}"));
    let end = [tag, rest].into_iter().flatten().collect::<String>();
    let short = format!("{name} {{ {} }}{end}", members.join(", "));
    if short.len() <= WIDTH {
        return format!("crate::types::object! {{ {short} }}\n");
    }
    let lines: String = members.iter().map(|member| format!("        {member},\n")).collect();
    format!("crate::types::object! {{\n    {name} {{\n{lines}    }}{end}\n}}\n")
}

fn member(docs: &Docs, type_name: &str, field: &Field) -> TokenStream {
    let doc = docs.attributes(&docs.member_text(type_name, field));
    let (name, ty) = (ident(&field.member), field_type(field));
    quote! { #doc pub #name: #ty, }
}

enum Presence {
    Required,
    Nullable,
    Optional,
    Patch,
}

fn presence(field: &Field) -> Presence {
    // Arbitrary JSON can be null.
    let nullable = field.nullable || field.ty == TypeRef::Any;
    match (field.required, nullable) {
        (true, _) if field.ty == TypeRef::Any => Presence::Required,
        (true, false) => Presence::Required,
        (true, true) => Presence::Nullable,
        (false, false) => Presence::Optional,
        // Where only some releases send a member, absent and null mean the same.
        (false, true) if field.span.loosened => Presence::Optional,
        (false, true) => Presence::Patch,
    }
}

fn field_type(field: &Field) -> TokenStream {
    let ty = rust_type(&field.ty);
    match presence(field) {
        Presence::Required => ty,
        Presence::Nullable | Presence::Optional => quote! { Option<#ty> },
        Presence::Patch => quote! { Patch<#ty> },
    }
}

fn has_default(field: &Field) -> bool {
    !field.required || matches!(field.ty, TypeRef::True | TypeRef::False)
}

/// Returns `new` with the required members, for structs without a default.
fn constructor(name: &proc_macro2::Ident, structure: &Struct) -> Option<TokenStream> {
    let required: Vec<&Field> = structure.fields.iter().filter(|field| !has_default(field)).collect();
    if required.is_empty() {
        return None;
    }
    let arguments = required.iter().map(|field| {
        let (argument, ty) = (ident(&field.member), field_type(field));
        match (&field.ty, presence(field)) {
            (TypeRef::String, Presence::Required) => quote! { #argument: impl Into<String> },
            (TypeRef::Float, Presence::Required) => quote! { #argument: impl Into<Number> },
            _ => quote! { #argument: #ty },
        }
    });
    let values = structure.fields.iter().map(|field| {
        let argument = ident(&field.member);
        match (has_default(field), &field.ty, presence(field)) {
            (true, ..) => quote! { #argument: Default::default() },
            (false, TypeRef::String | TypeRef::Float, Presence::Required) => quote! { #argument: #argument.into() },
            _ => quote! { #argument },
        }
    });
    let extra = structure.open.then(|| {
        let extra = ident(EXTRA);
        quote! { #extra: JsonObject::new(), }
    });
    let many = (required.len() > 7).then(|| quote! { #[allow(clippy::too_many_arguments)] });
    let doc = " Creates a value from its required members.";
    Some(quote! {
        impl #name {
            #[doc = #doc]
            #many
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values,)* #extra }
            }
        }
    })
}

/// Returns an implementation of `Debug` that redacts secrets.
fn redacted_debug(type_name: &str, structure: &Struct) -> TokenStream {
    let name = ident(type_name);
    let fields = structure.fields.iter().map(|field| {
        let member = ident(&field.member);
        let label = &field.member;
        if field.secret {
            quote! { .field(#label, &format_args!("[redacted]")) }
        } else {
            quote! { .field(#label, &self.#member) }
        }
    });
    let extra = structure.open.then(|| {
        let extra = ident(EXTRA);
        quote! { .field(#EXTRA, &self.#extra) }
    });
    quote! {
        impl std::fmt::Debug for #name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(#type_name)#(#fields)* #extra .finish()
            }
        }
    }
}
