//! The steps from `spec/` to a model, in order.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::build::Builder;
use crate::classes::Classes;
use crate::corrections::{Corrections, Document};
use crate::document::{complete, for_each_operation, load, parse};
use crate::failure::{Failure, Result};
use crate::graph::Graph;
use crate::groups::Groups;
use crate::lifetimes::{Lifetimes, without_names};
use crate::merge_releases::{self, Version};
use crate::methods;
use crate::model::Model;
use crate::naming::{Naming, explicit};
use crate::operations::Operation;
use crate::reader::read;
use crate::release::Release;
use crate::settings::{self, Settings};
use crate::unsupported::Unsupported;

/// The location of the input.
pub struct Source {
    pub spec: PathBuf,
    /// A user's own document, which replaces the documents in `spec/`.
    pub document: Option<PathBuf>,
}

impl Source {
    /// Whether unsettled names, unused corrections and missing docs are errors. They are for the documents in `spec/`.
    pub fn is_strict(&self) -> bool {
        self.document.is_none()
    }

    /// Returns the documents of all releases, newest first, or the user's own document.
    fn documents(&self) -> Result<Vec<Document>> {
        match &self.document {
            Some(path) => {
                let mut value = load(path)?;
                // Corrections of older documents apply to a document like them.
                let release = Lifetimes::load(&self.spec)?.release_of(&mut value);
                Ok(vec![Document { release, value }])
            }
            None => Release::SAMPLED
                .into_iter()
                .map(|release| Ok(Document { release, value: load(&self.spec.join(release.document()))? }))
                .collect(),
        }
    }
}

/// The complete input of the code generation.
pub struct Plan {
    pub settings: Settings,
    pub operations: Vec<Operation>,
    pub groups: Groups,
    pub model: Model,
    pub warnings: Vec<String>,
    /// Whether clashing names and unsupported parts are errors.
    pub is_strict: bool,
    /// The corrected documents, newest first.
    documents: Vec<Document>,
}

impl Plan {
    pub fn new(source: &Source) -> Result<Self> {
        let settings = Settings::load(&source.spec)?;
        let corrections = settings::read(&source.spec.join("corrections.toml"))?;
        Self::of(source.documents()?, settings, &corrections, source.is_strict())
    }

    /// Creates a plan from loaded documents, sorted from the newest to the oldest.
    pub fn of(
        mut documents: Vec<Document>,
        mut settings: Settings,
        corrections: &Corrections,
        strict: bool,
    ) -> Result<Self> {
        let mut warnings = correct(&mut documents, &settings, corrections, strict)?;
        let mut versions = Vec::new();
        for Document { release, value } in &documents {
            let undocumented = settings.members.undocumented.get(release).cloned().unwrap_or_default();
            let unsupported = if strict { Unsupported::refused() } else { Unsupported::reported() };
            let is_known =
                |method: &str, path: &str| strict || settings.lifetimes.of(&method.to_uppercase(), path).is_some();
            let operations = parse(value, &unsupported).and_then(|document| read(&document, &unsupported, &is_known));
            let operations = operations.map_err(|failure| match strict {
                true => Failure::Release { release: *release, failure: Box::new(failure) },
                false => failure,
            })?;
            versions.push(Version { release: *release, operations, undocumented });
            warnings.extend(unsupported.into_warnings());
        }
        let mut operations = merge_releases::merge(versions)?;
        for operation in &mut operations {
            if let Some(lifetime) = settings.lifetimes.of(&operation.method, &operation.path) {
                (operation.since, operation.until) = (lifetime.since, lifetime.until);
            } else if !strict {
                operation.is_known = false;
            }
        }
        let groups = Groups::new(&operations, &settings.names);
        let twins = methods::settle(&operations, &groups, &mut settings.names);
        if strict && !twins.is_empty() {
            return Err(Failure::Unsettled(twins));
        }
        warnings.extend(twins);
        let graph = Graph::new(&operations);
        let (given, mut problems) = explicit(&graph, &settings.names);
        if !strict && !problems.is_empty() {
            let count = problems.len();
            problems = vec![format!("names in spec/names.toml that match no place in this document: {count}")];
        }
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
            contradictions: if strict { Unsupported::refused() } else { Unsupported::reported() },
        };
        let model = builder.build()?;
        warnings.extend(builder.contradictions.into_warnings());
        Ok(Self { settings, operations, groups, model, warnings, is_strict: strict, documents })
    }

    /// Returns the corrected documents of the emulator. One is that of the release which it imitates, the other has the
    /// operations of other releases only.
    pub fn emulated_documents(&self) -> Vec<Value> {
        documents_of(Release::EMULATED, &self.documents)
    }
}

/// Returns the corrected documents of all covered releases. One is the newest, the other has the operations of older
/// releases only.
///
/// # Errors
/// Fails if a file cannot be read or parsed, or if a correction does not apply.
pub fn newest_documents() -> Result<Vec<Value>> {
    Ok(documents_of(Release::NEXT, &all_documents()?))
}

/// Returns the corrected document of each covered release by name, newest first.
///
/// # Errors
/// Fails if a file cannot be read or parsed, or if a correction does not apply.
pub fn documents_by_release() -> Result<Vec<(String, Value)>> {
    let documents = all_documents()?.into_iter();
    Ok(documents.map(|document| (document.release.to_string(), document.value)).collect())
}

/// Returns the corrected documents of all covered releases, newest first.
fn all_documents() -> Result<Vec<Document>> {
    let source = Source { spec: root().join("spec"), document: None };
    let mut documents = source.documents()?;
    let corrections = settings::read(&source.spec.join("corrections.toml"))?;
    correct(&mut documents, &Settings::load(&source.spec)?, &corrections, true)?;
    Ok(documents)
}

/// Returns the document of one release, and what it lacks from the others. Those are parts with paths that it does not
/// have, newest first.
fn documents_of(release: Release, documents: &[Document]) -> Vec<Value> {
    let mut sorted: Vec<&Document> = documents.iter().collect();
    sorted.sort_by_key(|document| document.release != release);
    let mut seen = HashSet::new();
    let mut parts = Vec::new();
    for document in sorted {
        let mut value = document.value.clone();
        if let Some(paths) = value.get_mut("paths").and_then(Value::as_object_mut) {
            paths.retain(|path, _| !seen.contains(&without_names(path)));
            seen.extend(paths.keys().map(|path| without_names(path)));
        }
        parts.push(value);
    }
    parts
}

/// Completes and corrects documents. A correction that does not apply is an error in strict mode, otherwise a warning.
fn correct(
    documents: &mut [Document],
    settings: &Settings,
    corrections: &Corrections,
    strict: bool,
) -> Result<Vec<String>> {
    let mut warnings = Vec::new();
    for document in documents.iter_mut() {
        complete(&mut document.value);
        identify(&mut document.value, settings);
        if !strict {
            warnings.extend(without_callbacks(&mut document.value));
        }
    }
    let failures = corrections.apply(documents);
    let count = failures.len();
    if let Some(failure) = failures.into_iter().next().filter(|_| strict) {
        return Err(failure);
    }
    if count > 0 {
        warnings.push(format!("corrections in spec/corrections.toml that do not apply to this document: {count}"));
    }
    Ok(warnings)
}

/// Removes callbacks, which the server calls. The parser rejects references to them. Returns a warning for each
/// operation.
fn without_callbacks(document: &mut Value) -> Vec<String> {
    let mut warnings = Vec::new();
    for_each_operation(document, |method, path, operation| {
        if operation.remove("callbacks").is_some() {
            warnings.push(format!("{method} {path}: callbacks are ignored"));
        }
    });
    warnings
}

/// Adds an id to each operation without one. It is in `spec/releases.json`, or derived from the path.
fn identify(document: &mut Value, settings: &Settings) {
    for_each_operation(document, |method, path, operation| {
        let derived = || crate::words::pascal(&format!("{} {path}", method.to_lowercase()).replace("/api", ""));
        let known = settings.lifetimes.of(method, path).map(|lifetime| lifetime.id.clone());
        if operation.get("operationId").is_some_and(Value::is_null) {
            operation.remove("operationId");
        }
        operation.entry("operationId").or_insert_with(|| known.unwrap_or_else(derived).into());
    });
}

/// Returns the root of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}
