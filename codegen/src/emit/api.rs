//! Generates `src/api`: one file per group, with its operations and their methods.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::answers::{answer_types, search_member};
use super::docs::Docs;
use super::methods::{method, operation_type, setters};
use super::table::static_name;
use super::text::{Item, file};
use crate::failure::Result;
use crate::groups::feature;
use crate::methods::method_name;
use crate::model::Uses;
use crate::operations::Operation;
use crate::pipeline::Plan;
use crate::words::{ident, pascal};

/// Returns all files except the table, by path relative to the workspace.
pub fn files(plan: &Plan) -> Result<BTreeMap<String, String>> {
    let docs = Docs::new(plan);
    let mut files = BTreeMap::new();
    let mut modules = Vec::new();
    for group in plan.groups.tags.keys() {
        let operations = plan.operations.iter().zip(&plan.model.uses).zip(&plan.groups.of_operation);
        let own = operations.filter(|(_, other)| *other == group).map(|(operation, _)| operation).collect::<Vec<_>>();
        files.insert(format!("src/api/{group}.rs"), group_file(plan, &docs, group, &own)?);
        let (module, gate) = (ident(group), feature(group));
        modules.push(Item::Plain(quote! { #[cfg(feature = #gate)] pub mod #module; }));
    }
    let head = quote! { #![allow(unused_imports)] };
    let doc =
        "Operations of the API, one module per group. [Requests](crate::guide::requests) explains their arguments.";
    files.insert("src/api/mod.rs".to_owned(), file(doc, head, &modules)?);
    Ok(files)
}

fn group_file(plan: &Plan, docs: &Docs, group: &str, operations: &[(&Operation, &Uses)]) -> Result<String> {
    let text = group_text(plan, group);
    let mut items = vec![Item::Plain(accessor(docs, group, &text))];
    let methods = operations.iter().map(|(operation, uses)| method(plan, docs, operation, uses, group));
    let name = ident(&pascal(group));
    items.push(Item::Plain(quote! { impl #name<'_> { #(#methods)* } }));
    for (operation, uses) in operations {
        items.push(Item::Plain(operation_item(plan, docs, operation, uses, group)));
    }
    file(&text, head(), &items)
}

pub fn group_text(plan: &Plan, group: &str) -> String {
    let tag = plan.groups.tags.get(group).map(String::as_str).unwrap_or_default();
    let groups = &plan.settings.summaries.groups;
    groups
        .get(group)
        .or_else(|| groups.get(&feature(group)))
        .or_else(|| groups.get(tag))
        .cloned()
        .unwrap_or_else(|| format!("Operations tagged \"{tag}\"."))
}

fn head() -> TokenStream {
    quote! {
        use std::borrow::Borrow;
        use std::collections::BTreeMap;
        use serde_json::Value;
        use crate::client::Client;
        use crate::models;
        use crate::operation::{ListOperation, Operation, OperationInfo, SearchOperation, table};
        use crate::request::{ClientContext, Request};
        use crate::response::{Items, Json, Nothing, OptionalJson, Page, Redirect, Text};
        use crate::types::{JsonObject, Number, Part, TextValue, TimeValue, Timestamp, Upload};
    }
}

fn accessor(docs: &Docs, group: &str, text: &str) -> TokenStream {
    let (name, accessor) = (ident(&pascal(group)), ident(group));
    let doc = docs.attributes(text);
    quote! {
        #doc
        #[derive(Clone, Copy, Debug)]
        pub struct #name<'a> { context: &'a ClientContext }

        impl Client {
            #doc
            pub fn #accessor(&self) -> #name<'_> { #name { context: &self.context } }
        }
    }
}

fn operation_item(plan: &Plan, docs: &Docs, operation: &Operation, uses: &Uses, group: &str) -> TokenStream {
    let (id, info) = (operation_type(&operation.id), static_name(&operation.id));
    let method = method_name(&operation.id, group, &plan.settings.names);
    let doc = docs.attributes(&format!("Operation of [`{0}::{method}`].", pascal(group)));
    let types = answer_types(operation, uses);
    let (output, reader) = (&types.output, &types.reader);
    let list = types.item.as_ref().map(|item| quote! { impl ListOperation for #id { type Item = #item; } });
    let search = operation.searchable.then(|| {
        let member = ident(search_member(operation, uses));
        quote! { impl SearchOperation for #id { type Member = crate::request::#member; } }
    });
    let setters = setters(plan, docs, operation, uses);
    quote! {
        #doc
        #[derive(Debug)]
        pub struct #id;

        impl Operation for #id {
            type Output = #output;
            type Answer = #reader;
            const INFO: &'static OperationInfo = &table::#info;
        }
        #list
        #search
        #setters
    }
}
