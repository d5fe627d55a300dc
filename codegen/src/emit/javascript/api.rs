//! Generates one file per group. It has its table, and an interface with a method for each operation.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToLowerCamelCase;

use super::comment::comment;
use super::table::{has_query, own_query, table};
use super::types::{FREE_OBJECT, Types, key, list_of, or_null, with_unit};
use crate::emit::answers::{paged_item, search_member};
use crate::emit::api::group_text;
use crate::emit::docs::Docs;
use crate::emit::methods::{pages_and_caller, summary};
use crate::emit::text::NOTICE;
use crate::groups::feature;
use crate::methods::method_name;
use crate::model::{TypeRef, Uses};
use crate::operations::{AnswerKind, BodyKind, Operation, Paging};
use crate::pipeline::Plan;
use crate::release::Release;
use crate::schema::Kind;
use crate::words::pascal;

type Own<'a> = Vec<(&'a Operation, &'a Uses)>;

pub fn files(plan: &Plan) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for group in plan.groups.tags.keys() {
        let operations = plan.operations.iter().zip(&plan.model.uses).zip(&plan.groups.of_operation);
        let own: Own<'_> = operations.filter(|(_, other)| *other == group).map(|(operation, _)| operation).collect();
        files.insert(format!("bindings/js/lib/api/{}.ts", feature(group)), group_file(plan, group, &own));
    }
    files.insert("bindings/js/lib/api/all.ts".to_owned(), index(plan));
    files
}

/// Returns `all.ts`: all groups, for the client that has every one.
fn index(plan: &Plan) -> String {
    let (mut imports, mut members, mut groups) = (String::new(), String::new(), String::new());
    let mut calls = Vec::new();
    for group in plan.groups.tags.keys() {
        let (name, api, own) = (group.to_lower_camel_case(), api_name(group), calls_name(group));
        imports.push_str(&format!("import {{ {name}, type {api}, type {own} }} from \"./{}.js\";\n", feature(group)));
        calls.push(own);
        members.push_str(&comment(plan, &group_text(plan, group), 2));
        members.push_str(&format!("  readonly {name}: {api};\n"));
        groups.push_str(&format!("  {name},\n"));
    }
    let exports: String =
        plan.groups.tags.keys().map(|group| format!("export type * from \"./{}.js\";\n", feature(group))).collect();
    format!(
        "{NOTICE}{imports}\n{exports}\n/** All groups of operations. */\nexport interface Groups {{\n{members}}}\n\n/** Input and data of all operations. */\nexport interface Calls extends {calls} {{}}\n\n/** All groups. */\nexport const groups = {{\n{groups}}};\n",
        calls = calls.join(", "),
    )
}

fn api_name(group: &str) -> String {
    format!("{}Api", pascal(group))
}

fn calls_name(group: &str) -> String {
    format!("{}Calls", pascal(group))
}

fn group_file(plan: &Plan, group: &str, operations: &Own<'_>) -> String {
    let docs = Docs::new(plan);
    let (name, api) = (group.to_lower_camel_case(), api_name(group));
    let calls_name = calls_name(group);
    let (mut queries, mut calls) = (String::new(), String::new());
    let mut methods = Vec::new();
    let mut rows = Vec::new();
    for (operation, uses) in operations {
        let method = method_name(&operation.id, group, &plan.settings.names).to_lower_camel_case();
        queries.push_str(&inputs(plan, &docs, operation, uses));
        calls.push_str(&call(plan, operation, uses));
        methods.push(signature(plan, &docs, &method, operation, uses));
        rows.push((method, *operation, *uses));
    }
    let body = format!(
        "{queries}{doc}export interface {api} {{\n{methods}}}\n\n/** Input and data of each operation, for `call`. */\nexport interface {calls_name} {{\n{calls}}}\n\n{doc}export const {name}: Group<{api}, {calls_name}> = /* @__PURE__ */ group(`\n{table}`);\n",
        table = table(&rows),
        doc = comment(plan, &group_text(plan, group), 0),
        methods = methods.join("\n"),
    );
    format!("{NOTICE}{}\n{body}", imports(plan, &body))
}

/// Returns the imports that a file needs.
fn imports(plan: &Plan, body: &str) -> String {
    let is_code = |line: &&str| !line.trim_start().starts_with(['*', '/']);
    let words: BTreeSet<&str> = body
        .lines()
        .take_while(|line| !line.ends_with("group(`"))
        .filter(is_code)
        .flat_map(|line| line.split(|character: char| !character.is_alphanumeric()))
        .collect();
    let mut imports = String::new();
    for (file, names) in [
        ("request/body", &["Upload"][..]),
        ("options", &["CallOptions"]),
        ("response/call", &["Call"]),
        ("response/page", &["List"]),
        ("request/query", &["PageQuery", "SearchMember", "SearchQuery", "UserSearchMember"]),
    ] {
        let used: Vec<&str> = names.iter().copied().filter(|name| words.contains(name)).collect();
        if !used.is_empty() {
            imports.push_str(&format!("import type {{ {} }} from \"../{file}.js\";\n", used.join(", ")));
        }
    }
    imports.push_str("import { group, type Group } from \"../request/operation.js\";\n");
    let models = plan.model.types.keys().map(String::as_str).chain(["JsonObject", "Open"]);
    let models: Vec<&str> = models.filter(|name| words.contains(name)).collect();
    if !models.is_empty() {
        imports.push_str(&format!("import type {{ {} }} from \"../models.js\";\n", models.join(", ")));
    }
    imports
}

/// Returns the interfaces that only this operation uses, for its query and form.
fn inputs(plan: &Plan, docs: &Docs, operation: &Operation, uses: &Uses) -> String {
    let mut text = String::new();
    let id = &operation.id;
    if own_query(operation).next().is_some() {
        let mut members = String::new();
        for (input, ty) in
            own_query(operation).filter_map(|at| operation.query_parameters.get(at).zip(uses.query.get(at)))
        {
            let mark = if input.required { "" } else { "?" };
            let undefined = if input.required { "" } else { " | undefined" };
            let about = docs.parameter_text(id, &input.name, &input.schema.facts, input.span);
            members.push_str(&comment(plan, &with_unit(about, ty), 2));
            members.push_str(&format!(
                "  {}{mark}: {}{undefined};\n",
                key(&input.name),
                Types::sent(&plan.model).text(ty)
            ));
        }
        let parents = parents(operation, uses);
        let extends = if parents.is_empty() { String::new() } else { format!(" extends {}", parents.join(", ")) };
        text.push_str(&format!(
            "/** Query parameters of `{id}`. */\nexport interface {id}Query{extends} {{\n{members}}}\n\n"
        ));
    }
    if let Some(parts) = operation.parts() {
        let mut members = String::new();
        for (name, member) in parts {
            let ty = if member.schema.kind == Kind::Binary { "Upload" } else { "string" };
            members.push_str(&comment(plan, &docs.parameter_text(id, name, &member.schema.facts, member.span), 2));
            members.push_str(&format!("  {}: {ty};\n", key(name)));
        }
        text.push_str(&format!("/** Form parts of `{id}`. */\nexport interface {id}Form {{\n{members}}}\n\n"));
    }
    text
}

fn parents(operation: &Operation, uses: &Uses) -> Vec<String> {
    let paged = (operation.paging != Paging::None).then(|| "PageQuery".to_owned());
    let searched = operation.searchable.then(|| format!("SearchQuery<{}>", search_member(operation, uses)));
    [paged, searched].into_iter().flatten().collect()
}

fn signature(plan: &Plan, docs: &Docs, method: &str, operation: &Operation, uses: &Uses) -> String {
    let id = &operation.id;
    let (answer, has_custom_data) = answer(plan, operation, uses);
    let mut arguments = Vec::new();
    let mut told = Vec::new();
    for (input, ty) in operation.path_parameters.iter().zip(&uses.path) {
        arguments.push(format!("{}: {}", input.name, Types::sent(&plan.model).text(ty)));
        let about = docs.parameter_text(id, &input.name, &input.schema.facts, input.span);
        told.push(format!("@param {} {}", input.name, about.replace("\n\n", " ").replace('\n', " ")));
    }
    arguments.extend(body_argument(plan, operation, uses, has_custom_data));
    arguments.extend(query_argument(operation, uses));
    arguments.push("options?: CallOptions".to_owned());
    let text = method_text(plan, operation, &told);
    let argument = if has_custom_data { format!("<CustomData extends object = {FREE_OBJECT}>") } else { String::new() };
    format!("{}  {method}{argument}({}): {answer};\n", comment(plan, &text, 2), optional(arguments).join(", "))
}

fn body_argument(plan: &Plan, operation: &Operation, uses: &Uses, has_custom_data: bool) -> Option<String> {
    let body = operation.body.as_ref()?;
    let types = Types::sent(&plan.model);
    let has_custom_data = has_custom_data && !merges_custom_data(operation);
    let text = |ty: &TypeRef| {
        let custom = if has_custom_data { types.with_custom_data(ty) } else { None };
        custom.unwrap_or_else(|| types.text(ty))
    };
    let ty = match body.kind {
        BodyKind::Multipart => format!("{}Form", operation.id),
        _ => uses.body.as_ref().map_or_else(|| "unknown".to_owned(), text),
    };
    let ty = or_null(ty, body.schema.nullable);
    Some(if body.required { format!("body: {ty}") } else { format!("body?: {ty}") })
}

fn query_argument(operation: &Operation, uses: &Uses) -> Option<String> {
    if !has_query(operation) {
        return None;
    }
    let required = operation.query_parameters.iter().any(|input| input.required);
    let own = own_query(operation).next().is_some().then(|| format!("{}Query", operation.id));
    let ty = own.unwrap_or_else(|| parents(operation, uses).join(" & "));
    Some(if required { format!("query: {ty}") } else { format!("query?: {ty}") })
}

/// Returns an operation as a member of the interface for `call`.
fn call(plan: &Plan, operation: &Operation, uses: &Uses) -> String {
    let path: Vec<String> = operation
        .path_parameters
        .iter()
        .zip(&uses.path)
        .map(|(input, ty)| format!("{}: {}", key(&input.name), Types::sent(&plan.model).text(ty)))
        .collect();
    let path = (!path.is_empty()).then(|| format!("path: {{ {} }}", path.join("; ")));
    let members = [path, body_argument(plan, operation, uses, false), query_argument(operation, uses)];
    let optional = |member: String| if member.contains("?: ") { format!("{member} | undefined") } else { member };
    let input: Vec<String> = members.into_iter().flatten().map(optional).collect();
    let input = if input.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", input.join("; ")) };
    let types = Types::received(&plan.model);
    let data = match paged_item(operation, uses) {
        Some(item) => list_of(&types.text(item)),
        None => data(operation, uses, |ty| types.text(ty)),
    };
    format!("  {}: {{ input: {input}; data: {data} }};\n", operation.id)
}

/// Requires optional arguments before a required one, and allows `undefined`.
fn optional(arguments: Vec<String>) -> Vec<String> {
    let last_required = arguments.iter().rposition(|argument| !argument.contains("?: "));
    let loosen = |(at, argument): (usize, String)| match argument.split_once("?: ") {
        Some((name, ty)) if last_required.is_some_and(|last| at < last) => format!("{name}: {ty} | undefined"),
        _ => argument,
    };
    arguments.into_iter().enumerate().map(loosen).collect()
}

/// Returns the type of a method's result. True if it has an argument for custom data.
fn answer(plan: &Plan, operation: &Operation, uses: &Uses) -> (String, bool) {
    let types = Types::received(&plan.model);
    let item = paged_item(operation, uses);
    let custom = item.or(uses.answer.as_ref().map(|(ty, _)| ty)).and_then(|ty| match ty {
        TypeRef::FreeObject if merges_custom_data(operation) => Some("CustomData".to_owned()),
        ty => types.with_custom_data(ty),
    });
    let text = |ty: &TypeRef| custom.clone().unwrap_or_else(|| types.text(ty));
    let answer = match item {
        Some(item) => format!("List<{}>", text(item)),
        None => format!("Call<{}>", data(operation, uses, text)),
    };
    (answer, custom.is_some())
}

/// Whether the request has only a part of the custom data that the answer has.
fn merges_custom_data(operation: &Operation) -> bool {
    operation.path.ends_with("/custom-data")
}

fn data(operation: &Operation, uses: &Uses, text: impl Fn(&TypeRef) -> String) -> String {
    let json =
        || uses.answer.as_ref().map_or_else(|| "unknown".to_owned(), |(ty, nullable)| or_null(text(ty), *nullable));
    match operation.answer.kind {
        AnswerKind::None => "void".to_owned(),
        AnswerKind::Text | AnswerKind::Xml | AnswerKind::Html | AnswerKind::Redirect => "string".to_owned(),
        AnswerKind::Json => json(),
        AnswerKind::OptionalJson if uses.answer.as_ref().is_some_and(|(ty, _)| *ty == TypeRef::Any) => {
            "unknown".to_owned()
        }
        AnswerKind::OptionalJson => format!("{} | undefined", json()),
    }
}

fn method_text(plan: &Plan, operation: &Operation, told: &[String]) -> String {
    let mut text =
        format!("{}\n\n`{}`: `{} {}`.", summary(plan, operation), operation.id, operation.method, operation.path);
    text.push_str(&pages_and_caller(operation));
    if !told.is_empty() {
        text.push_str("\n\n");
        text.push_str(&told.join("\n"));
    }
    if operation.since != Release::OLDEST {
        text.push_str(&format!("\n@since Logto {}", operation.since));
    }
    if let Some(until) = operation.until {
        text.push_str(&format!("\n@deprecated Up to Logto {until}."));
    } else if operation.deprecated {
        text.push_str("\n@deprecated");
    }
    text
}
