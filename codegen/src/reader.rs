//! Reads operations from a parsed document.

use std::collections::HashSet;

use indexmap::IndexMap;
use openapiv3::{
    Components, MediaType, OpenAPI, Parameter, ParameterSchemaOrContent, PathStyle, QueryStyle, ReferenceOr, StatusCode,
};

use crate::answers::{combine, items};
use crate::document;
use crate::failure::{Failure, Place, Result};
use crate::lower::Lowering;
use crate::operations::{
    Answer, AnswerKind, Authentication, Body, BodyKind, Input, Operation, PAGE_PARAMETERS, Paging,
};
use crate::release::Release;
use crate::schema::{Kind, Object, Schema, Span};
use crate::unsupported::Unsupported;
use crate::words;

/// Placeholder parameter for the free-form members of a search.
const SEARCH_PARAMETER: &str = "search_params";

/// Tags that mark who can use an operation, in addition to the tag of its group.
const MARKS: [&str; 2] = ["Dev feature", "Cloud only"];

/// Consequences of unsupported parts, for the warnings.
const LEFT_OUT: &str = "it is left out: call it with `Client::request`";
const NO_SETTER: &str = "it has no setter: set it with `Request::query` or `Request::header`";
const IGNORED: &str = "it is ignored";

/// Reads all operations of a document, in document order. `is_known` returns whether an operation, by method and path, is
/// one of Logto, whose documents type whole numbers as numbers.
pub fn read(
    document: &OpenAPI,
    unsupported: &Unsupported,
    is_known: &dyn Fn(&str, &str) -> bool,
) -> Result<Vec<Operation>> {
    let (mut operations, mut ids) = (Vec::new(), HashSet::new());
    for (path, item) in &document.paths.paths {
        let item = item
            .as_item()
            .ok_or_else(|| Failure::unsupported(&Place::new(path), "unsupported $ref in place of a path item"));
        let Some(item) = unsupported.settle(item, LEFT_OUT)? else { continue };
        for (method, operation) in item.iter() {
            let place = Place::new(format!("{method} {path}"));
            let reader = Reader::new(document, unsupported, is_known(method, path), method, path, operation);
            let read = reader.and_then(|reader| reader.operation(&item.parameters));
            let Some(mut operation) = unsupported.settle(read, LEFT_OUT)? else { continue };
            let id = words::unique(&operation.id, &mut ids);
            if id != operation.id {
                let problem = format!("another operation has the operationId {} too", operation.id);
                unsupported.settle::<()>(Err(Failure::unsupported(&place, problem)), &format!("it becomes {id}"))?;
                operation.id = id;
            }
            operations.push(operation);
        }
    }
    Ok(operations)
}

struct Reader<'a> {
    document: &'a OpenAPI,
    lowering: Lowering<'a>,
    unsupported: &'a Unsupported,
    method: &'a str,
    path: &'a str,
    source: &'a openapiv3::Operation,
    id: String,
    place: Place,
}

impl<'a> Reader<'a> {
    fn new(
        document: &'a OpenAPI,
        unsupported: &'a Unsupported,
        whole_numbers: bool,
        method: &'a str,
        path: &'a str,
        source: &'a openapiv3::Operation,
    ) -> Result<Self> {
        let id = source.operation_id.clone();
        let id = id.ok_or_else(|| {
            Failure::unsupported(&Place::new(format!("{method} {path}")), "operation without an operationId")
        })?;
        let id = words::operation_id(&id, method, path);
        let lowering = Lowering::new(document.components.as_ref(), unsupported, whole_numbers);
        Ok(Self { document, lowering, unsupported, method, path, source, place: Place::new(&id), id })
    }

    /// `inherited` are the parameters of the path item, which its operations share.
    fn operation(&self, inherited: &[ReferenceOr<Parameter>]) -> Result<Operation> {
        self.check_method()?;
        self.unsupported.settle(self.check_extensions(), IGNORED)?;
        let (path_parameters, mut query_parameters) = self.parameters(inherited)?;
        let count = query_parameters.len();
        query_parameters.retain(|parameter| parameter.name != SEARCH_PARAMETER);
        let (mut answer, success, errors) = self.responses()?;
        let items_at = self.extension("x-items-at").map(str::to_owned);
        if let Some(member) = &items_at {
            let list = items(answer.schema.as_ref(), member);
            let missing = || {
                Failure::unsupported(
                    &self.place,
                    format!("x-items-at names {member:?}, which is not the only member of the response"),
                )
            };
            answer.schema = Some(list.ok_or_else(missing)?);
        }
        let is_list = answer.schema.as_ref().is_some_and(|schema| matches!(schema.kind, Kind::Array(_)));
        let has_pages = query_parameters.iter().any(|input| PAGE_PARAMETERS.contains(&input.name.as_str()));
        let paging = self.paging(is_list && has_pages)?;
        Ok(Operation {
            id: self.id.clone(),
            tag: self.tag()?,
            method: self.method.to_uppercase(),
            path: self.path.to_owned(),
            searchable: query_parameters.len() < count,
            path_parameters,
            query_parameters,
            body: self.body()?,
            answer,
            success,
            errors,
            paging,
            items_at,
            idempotent: self.idempotent()?,
            authentication: self.authentication()?,
            deprecated: self.source.deprecated,
            is_known: true,
            since: Release::OLDEST,
            until: None,
            summary: self.source.summary.clone(),
            description: self.description(),
        })
    }

    fn tag(&self) -> Result<String> {
        let groups: Vec<&str> =
            self.source.tags.iter().map(String::as_str).filter(|tag| !MARKS.contains(tag)).collect();
        match groups.as_slice() {
            [tag] => Ok((*tag).to_owned()),
            [] => {
                let failure = Failure::unsupported(&self.place, "operation without a tag");
                self.unsupported.settle::<()>(Err(failure), "it is in the group `other`")?;
                Ok(String::new())
            }
            [first, ..] => {
                let problem = format!("operation with several tags: {}", groups.join(", "));
                let failure = Failure::unsupported(&self.place, problem);
                self.unsupported.settle::<()>(Err(failure), "it is in the group of the first")?;
                Ok((*first).to_owned())
            }
        }
    }

    fn check_method(&self) -> Result<()> {
        if document::METHODS.contains(&self.method) {
            return Ok(());
        }
        Err(Failure::unsupported(&self.place, format!("unsupported method {}", self.method.to_uppercase())))
    }

    /// Returns the description in the document, followed by a sentence for each mark.
    fn description(&self) -> Option<String> {
        let marks = self.source.tags.iter().filter(|tag| MARKS.contains(&tag.as_str()));
        let marks = marks.map(|mark| format!("Marked \"{mark}\" in the API document."));
        let parts: Vec<String> = self.source.description.iter().cloned().chain(marks).collect();
        (!parts.is_empty()).then(|| parts.join("\n\n"))
    }

    fn check_extensions(&self) -> Result<()> {
        let known = ["x-paging", "x-items-at", "x-idempotent", "x-authentication"];
        if let Some(extension) = self.source.extensions.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(Failure::unsupported(&self.place, format!("unsupported extension {extension}")));
        }
        if !self.source.callbacks.is_empty() || !self.source.servers.is_empty() {
            return Err(Failure::unsupported(&self.place, "unsupported callbacks or servers of an operation"));
        }
        Ok(())
    }

    fn extension(&self, name: &str) -> Option<&str> {
        self.source.extensions.get(name).and_then(serde_json::Value::as_str)
    }

    /// Returns the path parameters, in the order of the path, and the query parameters.
    fn parameters(&self, inherited: &[ReferenceOr<Parameter>]) -> Result<(Vec<Input>, Vec<Input>)> {
        let (mut in_path, mut in_query) = (Vec::new(), Vec::new());
        for parameter in self.source.parameters.iter().chain(inherited) {
            let parameter = match parameter {
                ReferenceOr::Item(parameter) => Ok(parameter),
                ReferenceOr::Reference { reference } => {
                    self.component(&self.place, reference, "parameters", |components| &components.parameters)
                }
            };
            let read = parameter.and_then(|parameter| self.parameter(parameter));
            match self.unsupported.settle(read, NO_SETTER)? {
                Some((Part::Path, input)) => in_path.push(input),
                Some((Part::Query, input)) => in_query.push(input),
                None => {}
            }
        }
        let names: Vec<&str> =
            self.path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}')).collect();
        // Some documents list a parameter twice: as a component and in place.
        for inputs in [&mut in_path, &mut in_query] {
            let mut seen = HashSet::new();
            inputs.retain(|input| seen.insert(input.name.clone()));
        }
        in_path.sort_by_key(|input| names.iter().position(|name| *name == input.name));
        if in_path.iter().map(|input| input.name.as_str()).ne(names.iter().copied()) {
            return Err(Failure::unsupported(
                &self.place,
                "the path parameters do not match the placeholders in the path",
            ));
        }
        Ok((in_path, in_query))
    }

    /// Returns a parameter, and the part of the URL that contains it.
    fn parameter(&self, parameter: &Parameter) -> Result<(Part, Input)> {
        let data = parameter.parameter_data_ref();
        let place = self.place.at("parameters").at(&data.name);
        let part = match parameter {
            Parameter::Path { style: PathStyle::Simple, .. } => Part::Path,
            Parameter::Query { style: QueryStyle::Form, .. } => Part::Query,
            Parameter::Path { .. } | Parameter::Query { .. } => {
                return Err(Failure::unsupported(&place, "unsupported parameter style"));
            }
            _ => return Err(Failure::unsupported(&place, "unsupported header or cookie parameter")),
        };
        let ParameterSchemaOrContent::Schema(schema) = &data.format else {
            return Err(Failure::unsupported(&place, "parameter without a schema"));
        };
        if data.explode == Some(false) {
            return Err(Failure::unsupported(&place, "unsupported parameter with explode: false"));
        }
        let lowering = Lowering::new(self.document.components.as_ref(), self.unsupported, true);
        let mut schema = lowering.schema(schema, &place)?;
        schema.facts.description = data.description.clone().or(schema.facts.description);
        schema.kind = flatten(&schema, &place)?;
        if part == Part::Query && data.name != SEARCH_PARAMETER {
            check_query(&schema.kind, &place)?;
        }
        let required = data.required && schema.facts.default.is_none();
        Ok((part, Input { name: data.name.clone(), required, schema, span: Span::default() }))
    }

    /// Returns a shared part of the document. `kind` is the name of its list in `components`.
    fn component<T>(
        &self,
        place: &Place,
        reference: &str,
        kind: &str,
        list: impl FnOnce(&'a Components) -> &'a IndexMap<String, ReferenceOr<T>>,
    ) -> Result<&'a T> {
        let shared = document::component(self.document.components.as_ref(), place, reference, kind, list)?;
        shared.as_item().ok_or_else(|| document::unresolved(place, reference))
    }

    /// Returns the only media type of a body or response. Among several, returns the JSON one.
    fn media<'c>(
        &self,
        place: &Place,
        contents: &'c IndexMap<String, MediaType>,
    ) -> Result<Option<(&'c str, &'c MediaType)>> {
        if contents.len() > 1 {
            let failure = Failure::unsupported(place, "several media types");
            self.unsupported.settle::<()>(Err(failure), "only JSON, or the first without JSON, is generated")?;
        }
        let chosen = contents.get_key_value("application/json").or_else(|| contents.first());
        Ok(chosen.map(|(name, content)| (name.as_str(), content)))
    }

    fn body(&self) -> Result<Option<Body>> {
        let place = self.place.at("body");
        let body = match &self.source.request_body {
            None => return Ok(None),
            Some(ReferenceOr::Item(body)) => body,
            Some(ReferenceOr::Reference { reference }) => {
                self.component(&place, reference, "requestBodies", |components| &components.request_bodies)?
            }
        };
        let Some((content_type, content)) = self.media(&place, &body.content)? else {
            return Err(Failure::unsupported(&place, "request body without a media type"));
        };
        let kind = match content_type {
            "application/json" => BodyKind::Json,
            "application/x-www-form-urlencoded" => BodyKind::Form,
            "multipart/form-data" => BodyKind::Multipart,
            other => {
                return Err(Failure::unsupported(
                    &place,
                    format!("unsupported media type {other} in the request body"),
                ));
            }
        };
        let schema =
            content.schema.as_ref().ok_or_else(|| Failure::unsupported(&place, "request body without a schema"))?;
        let schema = self.lowering.schema(schema, &place)?;
        if kind == BodyKind::Multipart {
            check_multipart(&schema.kind, &place)?;
        }
        Ok(Some(Body { kind, required: body.required || kind == BodyKind::Multipart, schema }))
    }

    fn responses(&self) -> Result<(Answer, Vec<u16>, Vec<u16>)> {
        let (mut success, mut errors, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        if self.source.responses.default.is_some() {
            let failure = Failure::unsupported(&self.place, "unsupported default response");
            self.unsupported.settle::<()>(Err(failure), IGNORED)?;
        }
        for (status, response) in &self.source.responses.responses {
            let StatusCode::Code(status) = *status else {
                let failure = Failure::unsupported(&self.place, format!("unsupported status range {status}"));
                self.unsupported.settle::<()>(Err(failure), IGNORED)?;
                continue;
            };
            if status >= 400 {
                errors.push(status);
                continue;
            }
            success.push(status);
            answers.push(self.answer(status, response)?);
        }
        success.sort_unstable();
        errors.sort_unstable();
        let answer = combine(answers).map_err(|problem| Failure::unsupported(&self.place, problem))?;
        Ok((answer, success, errors))
    }

    fn answer(&self, status: u16, response: &ReferenceOr<openapiv3::Response>) -> Result<Answer> {
        let place = self.place.at(status);
        let response = match response {
            ReferenceOr::Item(response) => response,
            ReferenceOr::Reference { reference } => {
                self.component(&place, reference, "responses", |components| &components.responses)?
            }
        };
        let Some((content_type, content)) = self.media(&place, &response.content)? else {
            let kind = if (300..400).contains(&status) { AnswerKind::Redirect } else { AnswerKind::None };
            return Ok(Answer { kind, schema: None, status });
        };
        let kind = match content_type {
            "application/json" => AnswerKind::Json,
            "text/plain" => AnswerKind::Text,
            "text/xml" => AnswerKind::Xml,
            "text/html" => AnswerKind::Html,
            other => {
                return Err(Failure::unsupported(&place, format!("unsupported media type {other} in the response")));
            }
        };
        let schema = match &content.schema {
            Some(schema) if kind == AnswerKind::Json => Some(self.lowering.schema(schema, &place)?),
            None if kind == AnswerKind::Json => Some(Schema::new(Kind::Any)),
            _ => None,
        };
        Ok(Answer { kind, schema, status })
    }

    /// `paged`: whether the operation has the parameters of pages.
    fn paging(&self, paged: bool) -> Result<Paging> {
        match self.extension("x-paging") {
            Some("always") => Ok(Paging::Always),
            Some("on-request") => Ok(Paging::OnRequest),
            // Without `x-paging`, a list with paging parameters is assumed to return all items unless asked for a page.
            None => Ok(if paged { Paging::OnRequest } else { Paging::None }),
            Some(other) => Err(Failure::unsupported(
                &self.place,
                format!("invalid x-paging {other:?}: expected \"always\" or \"on-request\""),
            )),
        }
    }

    fn idempotent(&self) -> Result<bool> {
        match self.source.extensions.get("x-idempotent") {
            None => Ok(!self.method.eq_ignore_ascii_case("post")),
            Some(value) => value
                .as_bool()
                .ok_or_else(|| Failure::unsupported(&self.place, "invalid x-idempotent: expected a boolean")),
        }
    }

    fn authentication(&self) -> Result<Authentication> {
        match self.extension("x-authentication") {
            Some("user") => Ok(Authentication::User),
            Some("session") => Ok(Authentication::Session),
            Some("none") => Ok(Authentication::None),
            Some(other) => Err(Failure::unsupported(
                &self.place,
                format!("invalid x-authentication {other:?}: expected \"user\", \"session\" or \"none\""),
            )),
            None if self.source.security.as_ref().is_some_and(Vec::is_empty) => Ok(Authentication::None),
            None => Ok(Authentication::Management),
        }
    }
}

/// The part of a URL that contains a parameter.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Path,
    Query,
}

/// Fails unless a query can contain such a value.
fn check_query(kind: &Kind, place: &Place) -> Result<()> {
    let is_text = |kind: &Kind| matches!(kind, Kind::String | Kind::Enum(_) | Kind::TextConstant(_));
    match kind {
        Kind::Integer | Kind::Boolean => Ok(()),
        Kind::Array(items) if is_text(&items.kind) && !items.nullable => Ok(()),
        kind if is_text(kind) => Ok(()),
        _ => Err(Failure::unsupported(
            place,
            "unsupported query parameter: expected a string, an integer, a boolean or a list of strings",
        )),
    }
}

/// Fails unless a multipart body consists of files and texts.
fn check_multipart(kind: &Kind, place: &Place) -> Result<()> {
    let Kind::Object(Object { members, .. }) = kind else {
        return Err(Failure::unsupported(place, "unsupported multipart body: expected an object"));
    };
    match members.iter().find(|(_, member)| !matches!(member.schema.kind, Kind::Binary | Kind::String)) {
        Some((name, _)) => Err(Failure::unsupported(
            &place.at(name),
            "unsupported member of a multipart body: expected a file or a string",
        )),
        None => Ok(()),
    }
}

/// Returns the kind of a parameter: a single value or a list. A union of a list and its item type becomes the list.
fn flatten(schema: &Schema, place: &Place) -> Result<Kind> {
    let flags = |values: &indexmap::IndexSet<String>| values.iter().all(|value| value == "true" || value == "false");
    match &schema.kind {
        Kind::Enum(values) if flags(values) => Ok(Kind::Boolean),
        Kind::Union(branches) => match branches.as_slice() {
            [list @ Schema { kind: Kind::Array(items), .. }, one] if items.kind == one.kind => Ok(list.kind.clone()),
            _ => Err(Failure::unsupported(place, "unsupported parameter with several types")),
        },
        kind => Ok(kind.clone()),
    }
}
