//! The steps from `spec/` to a model, in order.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::build::Builder;
use crate::corrections::Corrections;
use crate::document::{complete, for_each_operation, load, parse};
use crate::failure::{Failure, Result};
use crate::graph::Graph;
use crate::groups::Groups;
use crate::merge::Classes;
use crate::model::Model;
use crate::naming::{Naming, explicit};
use crate::operations::Operation;
use crate::reader::read;
use crate::settings::{self, Settings};

/// The location of the input.
pub struct Source {
    pub spec: PathBuf,
    /// A user's own document, which replaces the documents in `spec/`.
    pub document: Option<PathBuf>,
}

impl Source {
    /// Whether unsettled names, unused corrections and missing docs are errors, as for the documents in `spec/`.
    pub fn is_strict(&self) -> bool {
        self.document.is_none()
    }

    fn documents(&self) -> Vec<PathBuf> {
        let own = ["logto-1.42.json", "logto-1.17-interaction.json"];
        self.document
            .clone()
            .map_or_else(|| own.iter().map(|name| self.spec.join(name)).collect(), |document| vec![document])
    }
}

/// The complete input of the code generation.
pub struct Plan {
    pub settings: Settings,
    pub operations: Vec<Operation>,
    pub groups: Groups,
    pub model: Model,
    pub warnings: Vec<String>,
}

impl Plan {
    pub fn new(source: &Source) -> Result<Self> {
        let settings = Settings::load(&source.spec)?;
        let corrections = settings::read(&source.spec.join("corrections.toml"))?;
        let documents: Vec<Value> = source.documents().iter().map(|path| load(path)).collect::<Result<_>>()?;
        Self::of(documents, settings, &corrections, source.is_strict())
    }

    /// Creates a plan from loaded documents.
    pub fn of(mut documents: Vec<Value>, settings: Settings, corrections: &Corrections, strict: bool) -> Result<Self> {
        let mut warnings = correct(&mut documents, &settings, corrections, strict)?;
        let mut operations = Vec::new();
        for document in &documents {
            operations.extend(read(&parse(document)?)?);
        }
        let groups = Groups::new(&operations, &settings.names);
        let graph = Graph::new(&operations);
        let (given, mut problems) = explicit(&graph, &settings.names);
        let classes = Classes::new(&graph, &given, &settings.names.apart);
        let named =
            Naming { graph: &graph, classes: &classes, operations: &operations, explicit: &given, strict }.names();
        problems.extend(named.problems);
        if strict && !problems.is_empty() {
            return Err(Failure::Unsettled(problems));
        }
        warnings.extend(problems);
        let builder = Builder {
            graph: &graph,
            classes: &classes,
            members: classes.members(),
            names: &named.names,
            kinds: &settings.members,
            groups: &groups.of_operation,
        };
        let model = builder.build()?;
        Ok(Self { settings, operations, groups, model, warnings })
    }
}

/// Returns the documents in `spec/`, corrected to match the server.
///
/// # Errors
/// Fails if a file cannot be read or parsed, or if a correction does not apply.
pub fn corrected_documents() -> Result<Vec<Value>> {
    let source = Source { spec: root().join("spec"), document: None };
    let mut documents: Vec<Value> = source.documents().iter().map(|path| load(path)).collect::<Result<_>>()?;
    let corrections = settings::read(&source.spec.join("corrections.toml"))?;
    correct(&mut documents, &Settings::load(&source.spec)?, &corrections, true)?;
    Ok(documents)
}

/// Completes and corrects documents. A correction that does not apply is an error in strict mode, otherwise a warning.
fn correct(
    documents: &mut [Value],
    settings: &Settings,
    corrections: &Corrections,
    strict: bool,
) -> Result<Vec<String>> {
    for document in documents.iter_mut() {
        complete(document);
        identify(document, settings);
    }
    let mut warnings = Vec::new();
    for failure in corrections.apply(documents) {
        if strict {
            return Err(failure);
        }
        warnings.push(failure.to_string());
    }
    Ok(warnings)
}

/// Adds an id to each operation without one.
fn identify(document: &mut Value, settings: &Settings) {
    for_each_operation(document, |method, path, operation| {
        let derived = || crate::words::pascal(&format!("{} {path}", method.to_lowercase()).replace("/api", ""));
        let id = settings.names.operations.get(&format!("{method} {path}")).cloned();
        operation.entry("operationId").or_insert_with(|| id.unwrap_or_else(derived).into());
    });
}

/// Returns the root of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}
