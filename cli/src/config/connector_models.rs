//! Connectors of the tenant, and factories of those that files declare.

use std::collections::BTreeSet;

use logto_admin::Client;
use serde_json::Value;

use super::call::read;
use super::declaration::{Declaration, Declared};
use super::kinds::{CONNECTORS, Read};
use crate::failure::Result;
use crate::json_object::text;

/// Reads the connectors and their factories when they are needed first.
pub(super) struct ConnectorModels<'d> {
    client: &'d Client,
    declaration: &'d Declaration,
    models: Option<Vec<Value>>,
}

impl<'d> ConnectorModels<'d> {
    pub(super) const fn new(client: &'d Client, declaration: &'d Declaration) -> Self {
        Self { client, declaration, models: None }
    }

    /// Returns the connectors that the files declare.
    pub(super) fn declared(&self) -> impl Iterator<Item = &'d Declared> + use<'d> {
        self.declaration.entities.iter().filter(|entity| entity.kind.is(&CONNECTORS))
    }

    /// Returns the connectors of the tenant, and the factories of those in the files.
    pub(super) async fn all(&mut self) -> Result<&[Value]> {
        if self.models.is_none() {
            let mut models = read(self.client, Read::List("ListConnectors"), &[]).await?;
            let id = |connector: &Declared| connector.members.get("connectorId")?.as_str().map(str::to_owned);
            let ids: BTreeSet<String> = self.declared().filter_map(id).collect();
            if !ids.is_empty() {
                let factories = read(self.client, Read::List("ListConnectorFactories"), &[]).await?;
                models.extend(factories.into_iter().filter(|factory| ids.contains(&text(factory, "id"))));
            }
            self.models = Some(models);
        }
        Ok(self.models.as_deref().unwrap_or_default())
    }
}
