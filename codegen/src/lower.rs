//! Converts the parser's schemas to the generator's schemas.

use std::cell::{Cell, RefCell};

use indexmap::{IndexMap, IndexSet};
use openapiv3::{
    AdditionalProperties, AnySchema, ArrayType, Components, IntegerFormat, NumberFormat, ObjectType, ReferenceOr,
    SchemaData, SchemaKind, StringFormat, StringType, Type, VariantOrUnknownOrEmpty as Format,
};

use crate::document;
use crate::failure::{Failure, Place, Result};
use crate::schema::{Facts, Kind, Member, Object, Schema, Span};
use crate::unsupported::Unsupported;

/// String formats that only affect the documentation.
const TEXT_FORMATS: [&str; 13] =
    ["url", "uri", "regex", "email", "empty", "uuid", "ip", "hostname", "ipv4", "ipv6", "cuid", "cuid2", "ulid"];

/// Maximum depth of nested schemas and references.
const DEPTH: usize = 64;

/// Maximum number of schemas within one after its references are resolved.
const SIZE: usize = 20_000;

pub struct Lowering<'a> {
    components: Option<&'a Components>,
    unsupported: &'a Unsupported,
    /// Whether numbers without a format are whole.
    whole_numbers: bool,
    /// Number of schemas so far within the current one.
    size: Cell<usize>,
    /// Names of the components that contain the current schema.
    within: RefCell<Vec<String>>,
}

impl<'a> Lowering<'a> {
    pub const fn new(components: Option<&'a Components>, unsupported: &'a Unsupported, whole_numbers: bool) -> Self {
        Self { components, unsupported, whole_numbers, size: Cell::new(0), within: RefCell::new(Vec::new()) }
    }

    pub fn schema(&self, schema: &ReferenceOr<openapiv3::Schema>, place: &Place) -> Result<Schema> {
        self.size.set(0);
        self.reference(schema, place, 0)
    }

    fn reference(&self, schema: &ReferenceOr<openapiv3::Schema>, place: &Place, depth: usize) -> Result<Schema> {
        match schema {
            ReferenceOr::Item(schema) => self.item(schema, place, depth),
            ReferenceOr::Reference { reference } => self.any_instead(self.component(reference, place, depth)),
        }
    }

    fn boxed(&self, schema: &ReferenceOr<Box<openapiv3::Schema>>, place: &Place, depth: usize) -> Result<Schema> {
        match schema {
            ReferenceOr::Item(schema) => self.item(schema, place, depth),
            ReferenceOr::Reference { reference } => self.any_instead(self.component(reference, place, depth)),
        }
    }

    fn component(&self, reference: &str, place: &Place, depth: usize) -> Result<Schema> {
        if depth > DEPTH || self.within.borrow().iter().any(|outer| outer == reference) {
            return Err(Failure::unsupported(place, "unsupported recursive schema"));
        }
        let target =
            document::component(self.components, place, reference, "schemas", |components| &components.schemas)?;
        self.within.borrow_mut().push(reference.to_owned());
        let schema = self.reference(target, place, depth + 1);
        self.within.borrow_mut().pop();
        schema
    }

    fn item(&self, schema: &openapiv3::Schema, place: &Place, depth: usize) -> Result<Schema> {
        self.size.set(self.size.get() + 1);
        if self.size.get() > SIZE {
            return Err(Failure::TooLarge(place.clone()));
        }
        self.any_instead(self.supported(schema, place, depth))
    }

    /// An unsupported schema becomes any JSON.
    fn any_instead(&self, schema: Result<Schema>) -> Result<Schema> {
        if matches!(schema, Err(Failure::TooLarge(_))) {
            return schema;
        }
        let supported = self.unsupported.settle(schema, "the type is any JSON")?;
        Ok(supported.unwrap_or_else(|| Schema::new(Kind::Any)))
    }

    fn supported(&self, schema: &openapiv3::Schema, place: &Place, depth: usize) -> Result<Schema> {
        let mut lowered = match &schema.schema_kind {
            SchemaKind::Type(Type::String(text)) => string(text, place)?,
            SchemaKind::Type(Type::Number(number)) => match &number.format {
                Format::Empty if self.whole_numbers => ranged(Kind::Integer, number.minimum, number.maximum),
                Format::Empty => ranged(Kind::Float, number.minimum, number.maximum),
                Format::Item(NumberFormat::Float | NumberFormat::Double) => {
                    ranged(Kind::Float, number.minimum, number.maximum)
                }
                Format::Unknown(format) => {
                    return Err(Failure::unsupported(place, format!("unsupported number format {format:?}")));
                }
            },
            SchemaKind::Type(Type::Integer(number)) => match &number.format {
                Format::Empty | Format::Item(IntegerFormat::Int32 | IntegerFormat::Int64) => {
                    ranged(Kind::Integer, number.minimum, number.maximum)
                }
                Format::Unknown(format) => {
                    return Err(Failure::unsupported(place, format!("unsupported integer format {format:?}")));
                }
            },
            SchemaKind::Type(Type::Boolean(boolean)) => match boolean.enumeration.as_slice() {
                [] => Schema::new(Kind::Boolean),
                [Some(value)] => Schema::new(Kind::BooleanConstant(*value)),
                _ => return Err(Failure::unsupported(place, "unsupported boolean enum")),
            },
            SchemaKind::Type(Type::Object(object)) => self.object(object, place, depth)?,
            SchemaKind::Type(Type::Array(array)) => self.array(array, place, depth)?,
            SchemaKind::OneOf { one_of: branches } | SchemaKind::AnyOf { any_of: branches } => {
                self.union(branches, place, depth)?
            }
            SchemaKind::AllOf { all_of } => match all_of.as_slice() {
                [only] => self.reference(only, place, depth + 1)?,
                several => self.intersection(several, place, depth)?,
            },
            SchemaKind::Not { .. } => return Err(Failure::unsupported(place, "unsupported keyword `not`")),
            SchemaKind::Any(any) => self.any(any, place, depth)?,
        };
        annotate(&mut lowered, &schema.schema_data, place)?;
        Ok(lowered)
    }

    fn object(&self, object: &ObjectType, place: &Place, depth: usize) -> Result<Schema> {
        if object.min_properties.is_some() || object.max_properties.is_some() {
            return Err(Failure::unsupported(place, "unsupported minProperties or maxProperties"));
        }
        let rest = match &object.additional_properties {
            None | Some(AdditionalProperties::Any(false)) => None,
            Some(AdditionalProperties::Any(true)) => Some(Schema::new(Kind::Any)),
            Some(AdditionalProperties::Schema(schema)) => Some(self.reference(schema, &place.at("*"), depth + 1)?),
        };
        if object.properties.is_empty() {
            return Ok(Schema::new(match rest {
                Some(values) if values.kind != Kind::Any => Kind::Map(Box::new(values)),
                _ => Kind::FreeObject,
            }));
        }
        if rest.as_ref().is_some_and(|rest| rest.kind != Kind::Any) {
            return Err(Failure::unsupported(
                place,
                "unsupported object with both properties and a schema in additionalProperties",
            ));
        }
        if let Some(stranger) = object.required.iter().find(|name| !object.properties.contains_key(*name)) {
            return Err(Failure::unsupported(place, format!("required member {stranger:?} is missing in properties")));
        }
        let mut members = IndexMap::new();
        for (name, schema) in &object.properties {
            let schema = self.boxed(schema, &place.at(name), depth + 1)?;
            // A member with a default is optional, even if the document lists it as required.
            let required = object.required.contains(name) && schema.facts.default.is_none();
            members.insert(name.clone(), Member { schema, required, span: Span::default() });
        }
        Ok(Schema::new(Kind::Object(Object { members, open: rest.is_some() })))
    }

    fn array(&self, array: &ArrayType, place: &Place, depth: usize) -> Result<Schema> {
        let items = match &array.items {
            Some(items) => self.boxed(items, &place.at("[]"), depth + 1)?,
            None => Schema::new(Kind::Any),
        };
        let mut schema = Schema::new(Kind::Array(Box::new(items)));
        (schema.facts.min_items, schema.facts.max_items) = (array.min_items, array.max_items);
        Ok(schema)
    }

    fn any(&self, any: &AnySchema, place: &Place, depth: usize) -> Result<Schema> {
        let names_only = any
            .properties
            .values()
            .all(|schema| matches!(schema, ReferenceOr::Item(schema) if is_unconstrained(schema)));
        let rest =
            AnySchema { typ: None, one_of: Vec::new(), properties: IndexMap::new(), format: None, ..any.clone() };
        if rest != AnySchema::default() {
            return Err(Failure::unsupported(place, "unsupported combination of schema keywords"));
        }
        match (any.typ.as_deref(), any.format.as_deref(), any.one_of.as_slice()) {
            (None, None, []) if any.properties.is_empty() => Ok(Schema::new(Kind::Any)),
            (Some("boolean"), Some(constant @ ("true" | "false")), []) if any.properties.is_empty() => {
                Ok(Schema::new(Kind::BooleanConstant(constant == "true")))
            }
            // Properties without a schema next to oneOf only repeat the member names of its branches.
            (_, None, branches @ [_, ..]) if names_only => self.union(branches, place, depth),
            (None, None, []) => {
                let members = any.properties.keys().map(|name| {
                    (name.clone(), Member { schema: Schema::new(Kind::Any), required: false, span: Span::default() })
                });
                if !names_only {
                    return Err(Failure::unsupported(place, "properties without \"type\": \"object\""));
                }
                Ok(Schema::new(Kind::Object(Object { members: members.collect(), open: false })))
            }
            _ => Err(Failure::unsupported(place, "unsupported combination of schema keywords")),
        }
    }

    /// Lowers an object that is described by several schemas.
    fn intersection(&self, parts: &[ReferenceOr<openapiv3::Schema>], place: &Place, depth: usize) -> Result<Schema> {
        let mut whole = Object::default();
        for (index, part) in parts.iter().enumerate() {
            let place = place.at(index);
            match self.reference(part, &place, depth + 1)?.kind {
                Kind::Any | Kind::FreeObject | Kind::Map(_) => whole.open = true,
                Kind::Object(object) => {
                    whole.open |= object.open;
                    for (name, member) in object.members {
                        let required = whole.members.get(&name).is_some_and(|other| other.required);
                        whole.members.insert(name, Member { required: required || member.required, ..member });
                    }
                }
                _ => return Err(Failure::unsupported(&place, "unsupported allOf: expected schemas of objects")),
            }
        }
        let is_free = whole.members.is_empty();
        Ok(Schema::new(if is_free { Kind::FreeObject } else { Kind::Object(whole) }))
    }

    fn union(&self, branches: &[ReferenceOr<openapiv3::Schema>], place: &Place, depth: usize) -> Result<Schema> {
        if branches.is_empty() {
            return Err(Failure::unsupported(place, "unsupported oneOf or anyOf without branches"));
        }
        let lower = |(index, branch): (usize, &ReferenceOr<openapiv3::Schema>)| {
            self.reference(branch, &place.at(index), depth + 1)
        };
        let branches: Vec<Schema> = branches.iter().enumerate().map(lower).collect::<Result<_>>()?;
        Ok(simplify_union(branches))
    }
}

fn is_unconstrained(schema: &openapiv3::Schema) -> bool {
    matches!(&schema.schema_kind, SchemaKind::Any(any) if *any == AnySchema::default())
}

fn ranged<T: ToString>(kind: Kind, minimum: Option<T>, maximum: Option<T>) -> Schema {
    let mut schema = Schema::new(kind);
    schema.facts.minimum = minimum.map(|bound| bound.to_string());
    schema.facts.maximum = maximum.map(|bound| bound.to_string());
    schema
}

fn string(text: &StringType, place: &Place) -> Result<Schema> {
    let mut facts = Facts {
        pattern: text.pattern.clone(),
        min_length: text.min_length,
        max_length: text.max_length,
        ..Facts::default()
    };
    let mut kind = Kind::String;
    match &text.format {
        Format::Empty => {}
        Format::Item(StringFormat::Binary) => kind = Kind::Binary,
        Format::Item(StringFormat::Date) => facts.format = Some("date".to_owned()),
        Format::Item(StringFormat::DateTime) => facts.format = Some("date-time".to_owned()),
        Format::Item(StringFormat::Password) => facts.format = Some("password".to_owned()),
        Format::Unknown(format) if TEXT_FORMATS.contains(&format.as_str()) => facts.format = Some(format.clone()),
        // The documents write constants as quoted formats.
        Format::Unknown(format) => match serde_json::from_str(format) {
            Ok(constant) => kind = Kind::TextConstant(constant),
            Err(_) => return Err(Failure::unsupported(place, format!("unsupported string format {format:?}"))),
        },
        Format::Item(format) => {
            return Err(Failure::unsupported(place, format!("unsupported string format {format:?}")));
        }
    }
    let mut nullable = false;
    if !text.enumeration.is_empty() {
        nullable = text.enumeration.contains(&None);
        if text.enumeration.iter().all(Option::is_none) {
            return Err(Failure::unsupported(place, "unsupported enum without strings"));
        }
        kind = Kind::Enum(text.enumeration.iter().flatten().cloned().collect());
    }
    Ok(Schema { kind, nullable, facts, newest: None })
}

fn annotate(schema: &mut Schema, data: &SchemaData, place: &Place) -> Result<()> {
    if data.read_only || data.write_only || data.discriminator.is_some() {
        return Err(Failure::unsupported(place, "unsupported readOnly, writeOnly or discriminator"));
    }
    if let Some(extension) = data.extensions.keys().next() {
        return Err(Failure::unsupported(place, format!("unsupported extension {extension}")));
    }
    schema.nullable |= data.nullable;
    schema.facts.deprecated |= data.deprecated;
    schema.facts.default = data.default.clone().or(schema.facts.default.take());
    schema.facts.description = data.description.clone().or(schema.facts.description.take());
    Ok(())
}

/// Simplifies unions with one branch, unions of any JSON, and unions of strings.
fn simplify_union(mut branches: Vec<Schema>) -> Schema {
    let nullable = branches.iter().any(|branch| branch.nullable);
    let with = |kind, facts| Schema { kind, nullable, facts, newest: None };
    if branches.len() == 1 {
        return branches.remove(0);
    }
    if is_any_json(&branches) {
        return with(Kind::Any, Facts::default());
    }
    if branches.iter().all(|branch| matches!(branch.kind, Kind::String | Kind::Enum(_) | Kind::TextConstant(_))) {
        let free = branches
            .iter()
            .find(|branch| branch.kind == Kind::String && branch.facts.format.as_deref() != Some("empty"));
        if let Some(free) = free {
            return with(Kind::String, free.facts.clone());
        }
        return with(Kind::Enum(branches.iter().flat_map(texts).collect()), Facts::default());
    }
    branches.iter_mut().for_each(|branch| branch.nullable = false);
    with(Kind::Union(branches), Facts::default())
}

fn texts(schema: &Schema) -> IndexSet<String> {
    match &schema.kind {
        Kind::Enum(values) => values.clone(),
        Kind::TextConstant(value) => IndexSet::from([value.clone()]),
        _ => IndexSet::from([String::new()]),
    }
}

/// Whether the branches together allow any JSON value. There may be further branches for lists and objects of JSON.
fn is_any_json(branches: &[Schema]) -> bool {
    let has = |test: fn(&Kind) -> bool| branches.iter().any(|branch| test(&branch.kind));
    has(|kind| matches!(kind, Kind::FreeObject))
        && has(|kind| matches!(kind, Kind::String))
        && has(|kind| matches!(kind, Kind::Integer))
        && has(|kind| matches!(kind, Kind::Boolean))
}
