//! Filters of lists: query parameters with values or links that entities must have.

use logto_admin::serde_json::Value;

use crate::collections::{Collection, Filter, Test};
use crate::http::request::Query;
use crate::record::Record;
use crate::store::links::Where;
use crate::store::{Places, Store, Table};

/// Requirement of a query for the entities in a list.
pub(crate) enum Requirement<'q> {
    /// The member has one of the values.
    Is(&'static str, Vec<&'q str>),
    IsInAnyCase(&'static str, Vec<&'q str>),
    Linked(Links<'q>),
    NotLinked(Links<'q>),
}

/// The links in a table that meet one of some lists of conditions.
pub(crate) struct Links<'q> {
    table: &'static str,
    conditions: Vec<Vec<Where<'q>>>,
}

impl<'q> Requirement<'q> {
    /// Returns the requirements of a query. The links that a filter looks for must also meet the conditions in `within`.
    pub(crate) fn all(query: &'q Query, filters: &[Filter], within: &[Where<'q>]) -> Vec<Self> {
        let requirement = |filter: &Filter| {
            let values: Vec<&str> = query.all(filter.parameter).filter(|value| !value.is_empty()).collect();
            let links = |table, column| {
                let conditions = |id: &&'q str| within.iter().copied().chain([(column, *id)]).collect();
                Links { table, conditions: values.iter().map(conditions).collect() }
            };
            match filter.test {
                _ if values.is_empty() => None,
                Test::Is(member) => Some(Self::Is(member, values)),
                Test::IsInAnyCase(member) => Some(Self::IsInAnyCase(member, values)),
                Test::Linked { table, column } => Some(Self::Linked(links(table, column))),
                Test::NotLinked { table, column } => Some(Self::NotLinked(links(table, column))),
            }
        };
        filters.iter().filter_map(requirement).collect()
    }

    /// Returns whether an entity meets the requirement.
    pub(crate) fn is_met(&self, store: &Store, collection: &Collection, record: &Record) -> bool {
        match self {
            Self::Is(member, values) => values.iter().any(|value| is(record, member, value)),
            Self::IsInAnyCase(member, values) => {
                let text = record.text(member).to_lowercase();
                values.iter().any(|value| value.to_lowercase() == text)
            }
            Self::Linked(links) => links.lead_to(store, collection, record),
            Self::NotLinked(links) => !links.lead_to(store, collection, record),
        }
    }

    /// Removes the places of entities that do not meet the requirement.
    pub(crate) fn narrow(&self, store: &Store, collection: &Collection, table: &Table, places: &mut Places) {
        match self {
            Self::Is(..) | Self::IsInAnyCase(..) => {
                table.retain(places, |record| self.is_met(store, collection, record))
            }
            Self::Linked(links) => places.intersect(&links.places(store, collection)),
            Self::NotLinked(links) => places.subtract(&links.places(store, collection)),
        }
    }
}

impl Links<'_> {
    fn lead_to(&self, store: &Store, collection: &Collection, record: &Record) -> bool {
        let target = (collection.name, record.id.as_str());
        self.conditions.iter().any(|conditions| {
            let conditions: Vec<Where<'_>> = conditions.iter().copied().chain([target]).collect();
            store.links.rows(self.table, &conditions).next().is_some()
        })
    }

    fn places(&self, store: &Store, collection: &Collection) -> Places {
        let linked = self.conditions.iter().map(|conditions| store.linked(collection, self.table, conditions));
        linked.flat_map(|places| places.to_vec()).collect()
    }
}

fn is(record: &Record, member: &str, value: &str) -> bool {
    match record.members.get(member) {
        Some(Value::String(text)) => text == value,
        Some(Value::Bool(flag)) => flag.to_string() == value,
        _ => false,
    }
}
