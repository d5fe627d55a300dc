//! Imports and exports of many users by the command line, and by bare reqwest.

mod emulator;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use self::emulator::Emulator;
use super::calls::middle;
use super::number::number;
use super::report::Report;
use super::server::{self, program};
use super::timed::{self, Taken};
use crate::command;

const IMPORTED: u32 = 100_000;
const EXPORTED: u32 = 1_000_000;
const ROUNDS: usize = 3;
/// Maximum CPU time relative to bare reqwest.
const CPU: f64 = 1.3;
/// Maximum peak memory of the command line, in MB.
const MEMORY: f64 = 64.0;
/// The sides, in the order of a round. Programs of tokio have a thread per core by default.
const SIDES: [&str; 3] = ["bare reqwest, two threads", "bare reqwest, one thread", "logto-admin"];

/// Measurements of each side.
type Round = [Taken; 3];

pub(crate) fn measure() -> Result<Report> {
    for package in [server::CRATE, "logto-admin-emulator", "logto-admin-cli"] {
        server::build(package)?;
    }
    let folder = command::target().join("bench-bulk");
    if folder.exists() {
        // A bench that was killed leaves a journal.
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut report = Report::default();
    let mut rows = compare(&mut report, "import", IMPORTED, &imports(&folder)?);
    rows.extend(compare(&mut report, "export", EXPORTED, &exports(&folder)?));
    fs::remove_dir_all(&folder)?;
    let columns = ["work", "program", "seconds", "CPU µs per user", "CPU ratio", "peak MB"];
    let title = format!("Users from and to a file (medians of {ROUNDS} rounds in turns, peaks of all rounds)");
    report.table(&title, &columns, rows);
    Ok(report)
}

/// Imports users into new emulators.
fn imports(folder: &Path) -> Result<Vec<Round>> {
    let file = folder.join("users.ndjson");
    generate(&file, IMPORTED)?;
    let round = || {
        let bare = |threads| timed::run(bare(&Emulator::start()?, "create", threads).arg(&file));
        // A journal from an earlier round would end the import at once.
        let journal = folder.join("journal");
        let own = timed::run(own(&Emulator::start()?, &["users", "import", "--journal"]).args([&journal, &file]))?;
        fs::remove_file(journal)?;
        Ok([bare("two")?, bare("one")?, own])
    };
    (0..ROUNDS).map(|_| round()).collect()
}

/// Exports the users of one emulator.
fn exports(folder: &Path) -> Result<Vec<Round>> {
    let (file, export) = (folder.join("all.ndjson"), folder.join("export.ndjson"));
    generate(&file, EXPORTED)?;
    let emulator = Emulator::start()?;
    command::run(bare(&emulator, "create", "two").arg(&file))?;
    let round = || {
        let bare = |threads| timed::run(bare(&emulator, "read", threads).arg(&export));
        let bare = [bare("two")?, bare("one")?];
        // The command line does not overwrite files.
        fs::remove_file(&export)?;
        let own = timed::run(own(&emulator, &["users", "export", "--to"]).arg(&export))?;
        let [two, one] = bare;
        Ok([two, one, own])
    };
    (0..ROUNDS).map(|_| round()).collect()
}

fn generate(file: &Path, count: u32) -> Result<()> {
    command::run(program("measure").args(["bulk", "users"]).arg(file).arg(count.to_string()))
}

/// The calls with bare reqwest.
fn bare(emulator: &Emulator, work: &str, threads: &str) -> Command {
    let mut bare = program("measure");
    bare.args(["bulk", work, threads]).envs(emulator.settings());
    bare
}

/// The command line, without the profile of the user.
fn own(emulator: &Emulator, arguments: &[&str]) -> Command {
    let mut own = program("logto-admin");
    own.arg("--quiet").args(arguments).env("LOGTO_CONFIG", "no-profiles").envs(emulator.settings());
    own
}

/// Adds the checks. Returns a row per side.
fn compare(report: &mut Report, what: &str, users: u32, rounds: &[Round]) -> Vec<Vec<String>> {
    let work = format!("{what} of {users} users");
    let of = |side: usize, figure: fn(&Taken) -> f64| -> Vec<f64> {
        rounds.iter().filter_map(|round| round.get(side)).map(figure).collect()
    };
    let peak = |side| of(side, |taken| taken.megabytes()).into_iter().fold(0.0, f64::max);
    let ratio = |[bare, _, own]: &Round| own.cpu / bare.cpu;
    report.check(
        format!("CPU relative to bare reqwest, {work}"),
        middle(rounds.iter().map(ratio).collect()),
        CPU,
        false,
    );
    report.check(format!("peak memory of the command line in MB, {work}"), peak(2), MEMORY, false);
    let row = |(side, name): (usize, &str)| {
        let cpu = middle(of(side, |taken| taken.cpu));
        vec![
            work.clone(),
            name.to_owned(),
            number(middle(of(side, |taken| taken.seconds))),
            number(cpu / f64::from(users) * 1e6),
            format!("{:.2}", cpu / middle(of(0, |taken| taken.cpu))),
            number(peak(side)),
        ]
    };
    SIDES.into_iter().enumerate().map(row).collect()
}
