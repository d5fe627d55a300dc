//! Rust types of members and parameters.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::TypeRef;
use crate::words::ident;

/// Returns a type as it is written in `src/models`.
pub fn rust_type(ty: &TypeRef) -> TokenStream {
    rust_type_in(ty, &TokenStream::new())
}

/// Returns a type with `path` in front of the names of models.
pub fn rust_type_in(ty: &TypeRef, path: &TokenStream) -> TokenStream {
    let inner = |inner: &TypeRef, nullable: bool| {
        // Only direct members accept `1.0` for an `i64`, so elements use `Number`.
        let inner = if *inner == TypeRef::Integer {
            quote! { Number }
        } else {
            rust_type_in(inner, path)
        };
        if nullable {
            quote! { Option<#inner> }
        } else {
            inner
        }
    };
    match ty {
        TypeRef::Any => quote! { Value },
        TypeRef::FreeObject => quote! { JsonObject },
        TypeRef::String | TypeRef::Binary => quote! { String },
        TypeRef::Integer => quote! { i64 },
        TypeRef::Float => quote! { Number },
        TypeRef::Boolean => quote! { bool },
        TypeRef::True => quote! { True },
        TypeRef::False => quote! { False },
        TypeRef::Milliseconds => quote! { Timestamp },
        TypeRef::Seconds => quote! { TimestampSeconds },
        TypeRef::List(items, nullable) => {
            let items = inner(items, *nullable);
            quote! { Vec<#items> }
        }
        TypeRef::Map(values, nullable) => {
            let values = inner(values, *nullable);
            quote! { BTreeMap<String, #values> }
        }
        TypeRef::Named(name) => {
            let name = ident(name);
            quote! { #path #name }
        }
    }
}
