//! A tenant's configuration in files: export, plan and apply.
//!
//! [`export`] writes YAML files, [`plan`] compares files with a tenant, and [`apply`] makes the changes of a plan.
//! Entities are matched by their names, and files refer to each other by name, so that the same files fit every tenant.
//! The kinds are data, in [`ALL`]; everything else is the same for all of them:
//!
//! | file | what is in it |
//! | --- | --- |
//! | `kinds` | the kinds, their members, keys, references, secrets and operations |
//! | `member`, `entity_members`, `key`, `value_path`, `links` | members of entities, what identifies an entity, and references to others |
//! | `selection`, `folder`, `declaration`, `types`, `resolution`, `yaml` | what the files declare |
//! | `tenant`, `own_access` | what the tenant has, and what the application needs that runs the command |
//! | `planner`, `comparison`, `references`, `required`, `settings`, `kept_access`, `fallback_language`, `phrases`, `connector_models`, `social_targets`, `message_connectors`, `dropped`, `duplicates`, `merged_members`, `unknown_settings`, `unsupported`, `models`, `diff_lines`, `plan` | the difference |
//! | `apply`, `progress`, `request_bodies`, `call` | the changes |
//! | `export`, `export_files` | the files of a tenant |
//! | `secrets`, `variable_values` | what is secret, and variables in its place |
//!
//! # Rules
//!
//! - A member that a file does not mention is left alone. A member that it mentions becomes what the file contains: if
//!   objects were merged, an export would not notice members that somebody added. Only the configuration of connectors and
//!   the password policy, to which the server adds defaults, are merged; null removes a setting.
//! - Entities are only deleted if asked for, and only of kinds that have a file.
//! - The application that runs the command keeps its access. It is not exported, and no plan deletes it, its last role
//!   for the Management API, or such a role's scopes. In all functions, `own` is its id; an empty id names no
//!   application.
//! - A text can contain `${env:NAME}`. If the variable is not set, the tenant's present value is kept.

mod apply;
mod call;
mod changed_experience;
mod comparison;
mod connector_models;
mod declaration;
mod diff_lines;
mod dropped;
mod duplicates;
mod entity_members;
mod export;
mod export_files;
mod fallback_language;
mod folder;
mod kept_access;
mod key;
mod kinds;
mod links;
mod member;
mod merged_members;
mod message_connectors;
mod models;
mod own_access;
mod phrases;
mod plan;
mod planner;
mod progress;
mod references;
mod request_bodies;
mod required;
mod resolution;
mod secrets;
mod selection;
mod self_hosted;
mod settings;
mod social_targets;
mod tenant;
mod types;
mod unknown_settings;
mod unsupported;
mod value_path;
mod variable_values;
mod yaml;

use std::path::Path;

use logto_admin::Client;

pub use apply::{Applied, Outcome, apply};
pub use export_files::{Exported, PreparedExport};
pub use kinds::{ALL, Kind, files};
pub use plan::{Action, Change, Plan, Undeclared, Unmanaged};
pub use resolution::Environment;
pub use selection::Selection;

use crate::failure::{Failure, Result};
use crate::interrupt::Interrupt;
use connector_models::ConnectorModels;
use tenant::Tenant;

/// Writes the selected configuration of a tenant to a folder. Secrets become variables, unless `secrets` asks for them.
///
/// Replaces the files of an earlier export, and deletes those of entities that no longer exist. Leaves all other files
/// alone.
///
/// # Errors
/// Fails if the tenant cannot be read, if a file cannot be written, or if a file of another origin is in the way.
pub async fn export(client: &Client, own: &str, dir: &Path, selection: &Selection, secrets: bool) -> Result<Exported> {
    prepare_export(client, own, dir, selection, secrets).await?.write(&Interrupt::default()).await
}

/// Reads the selected configuration of a tenant, and compares it with its files. The files are those of an earlier
/// export. Writes nothing.
///
/// # Errors
/// Fails if the tenant cannot be read, or if a file of another origin is in the way.
pub async fn prepare_export(
    client: &Client,
    own: &str,
    dir: &Path,
    selection: &Selection,
    secrets: bool,
) -> Result<PreparedExport> {
    let tenant = Tenant::read(client, own, selection).await?;
    PreparedExport::new(dir, export::export(&tenant, selection, secrets), selection, secrets)
}

/// Compares the selected files of a folder with a tenant. Writes nothing.
///
/// # Errors
/// Fails with all problems of the files, one per line, or if the tenant cannot be read.
pub async fn plan(
    client: &Client,
    own: &str,
    dir: &Path,
    selection: &Selection,
    undeclared: Undeclared,
    environment: Environment<'_>,
) -> Result<Plan> {
    let mut folder = folder::read(dir, selection)?;
    let mut declaration = declaration::declaration(&folder, environment);
    folder.ignored.retain(|(path, _)| !declaration.scripts.contains(path));
    declaration.problems.extend(folder.take_problems(&declaration.mistyped));
    if !declaration.problems.is_empty() {
        return Err(Failure::usage(declaration.problems.join("\n")));
    }
    let tenant = Tenant::read(client, own, selection).await?;
    declaration.problems = models::problems(client, &tenant, &declaration, undeclared == Undeclared::Delete).await?;
    declaration.problems.extend(phrases::problems(client, &declaration).await?);
    let mut connectors = ConnectorModels::new(client, &declaration);
    let targets = social_targets::problems(&tenant, &declaration, &mut connectors).await?;
    let messages = message_connectors::problems(&tenant, &declaration, &mut connectors).await?;
    let unknown = unknown_settings::warnings(&tenant, &mut connectors).await?;
    let refused = self_hosted::warnings(client, &tenant, &declaration);
    declaration.problems.extend(targets.into_iter().chain(messages));
    let warnings = folder.warnings().chain(unknown).chain(refused).collect();
    planner::plan(&tenant, declaration, selection, undeclared, warnings)
}
