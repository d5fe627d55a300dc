//! Command line of `cargo codegen`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::failure::{Failure, Result};
use crate::output::Foreign;
use crate::pipeline::{Plan, Source, root};
use crate::{bodies, contracts, emit, output, own_crate, prose, report, settings};

const USAGE: &str = "\
usage: cargo codegen [--check | --report] [--document FILE [--out DIR [--crate NAME] [--force]]]

  --check           fail if the existing files differ from the generated ones
  --report          print every type with the places that use it, and every method
  --document FILE   generate from the API document of your own server instead of those in spec/;
                    corrections and names in spec/ that do not fit it are reported as warnings
  --out DIR         write below DIR instead of the workspace: an empty folder, or one with generated code
  --crate NAME      write a crate of this name that compiles by itself: a copy of logto-admin with the operations of FILE
  --force           write below DIR although it holds other files; none of them is overwritten or deleted";

#[derive(Default)]
struct Arguments {
    check: bool,
    report: bool,
    document: Option<PathBuf>,
    out: Option<PathBuf>,
    name: Option<String>,
    force: bool,
}

/// Parses the arguments of the process and runs the command.
#[must_use]
pub fn main() -> ExitCode {
    match arguments().and_then(|arguments| run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Arguments> {
    let mut arguments = Arguments::default();
    let mut rest = std::env::args().skip(1);
    while let Some(argument) = rest.next() {
        let mut value = || {
            rest.next()
                .map(PathBuf::from)
                .ok_or_else(|| Failure::Usage(format!("missing value for {argument}\n\n{USAGE}")))
        };
        match argument.as_str() {
            "--check" => arguments.check = true,
            "--report" => arguments.report = true,
            "--document" => arguments.document = Some(value()?),
            "--out" => arguments.out = Some(value()?),
            "--crate" => arguments.name = Some(value()?.to_string_lossy().into_owned()),
            "--force" => arguments.force = true,
            _ => return Err(Failure::Usage(format!("unknown argument {argument:?}\n\n{USAGE}"))),
        }
    }
    if arguments.out.as_ref().is_some_and(|out| out.as_os_str().is_empty()) {
        return Err(Failure::Usage(format!("--out is empty\n\n{USAGE}")));
    }
    if arguments.name.is_some() && arguments.out.is_none() {
        return Err(Failure::Usage(format!("--crate requires --out\n\n{USAGE}")));
    }
    Ok(arguments)
}

fn run(arguments: &Arguments) -> Result<()> {
    let source = Source { spec: root().join("spec"), document: arguments.document.clone() };
    let plan = Plan::new(&source)?;
    for warning in &plan.warnings {
        eprintln!("warning: {}", warning.trim_start());
    }
    if arguments.report {
        print(&report::report(&plan));
        return Ok(());
    }
    let missing = prose::missing(&plan);
    if source.is_strict() && !missing.is_empty() {
        return Err(Failure::Undocumented(missing));
    }
    let out = arguments.out.clone().unwrap_or_else(|| root().to_path_buf());
    let mut files = generated(&plan)?;
    if source.is_strict() {
        files.insert(contracts::FILE.to_owned(), contracts::text(&plan.emulated_documents()));
        files.insert(bodies::FILE.to_owned(), bodies::text(&plan));
    }
    if let Some(name) = &arguments.name {
        files = own_crate::files(root(), name, files)?;
    }
    let foreign = if arguments.force { Foreign::Allow } else { Foreign::Refuse };
    if arguments.check { output::check(&out, &files) } else { output::write(&out, &files, foreign) }
}

/// Returns every generated file, including `Cargo.toml` with its generated features.
fn generated(plan: &Plan) -> Result<BTreeMap<String, String>> {
    let manifest = root().join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest);
    let text =
        text.map_err(|error| Failure::File { path: manifest.display().to_string(), problem: error.to_string() })?;
    let mut files = emit::files(plan)?;
    files.insert("Cargo.toml".to_owned(), emit::with_features(&text, &plan.groups)?);
    let defaults: emit::Defaults = settings::read(&root().join("spec/defaults_and_hints.toml"))?;
    files.extend(defaults.files(version(&text)));
    Ok(files)
}

/// Returns the version of the workspace.
fn version(manifest: &str) -> &str {
    let package = manifest.split_once("[workspace.package]").map_or(manifest, |(_, rest)| rest);
    let line = package.lines().find_map(|line| line.strip_prefix("version = "));
    line.unwrap_or_default().trim_matches('"')
}

#[allow(clippy::print_stdout)]
fn print(text: &str) {
    print!("{text}");
}
