//! The machine and the versions that the benches run on.

use std::fs;

use crate::command;

/// The processor, the system and the relevant versions, in one line.
pub(crate) fn describe() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let versions = [
        said("rustc", "--version"),
        said("node", "--version").map(|version| format!("Node {version}")),
        said("python3", "--version"),
    ];
    let versions: Vec<String> = versions.into_iter().flatten().collect();
    let cpu = cpu.unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    format!("{cpu}, {cores} cores, {}; {}", std::env::consts::OS, versions.join(", "))
}

/// The system's load over the last minute. It includes the load of other processes.
pub(crate) fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").ok();
    load.and_then(|load| load.split(' ').next().map(str::to_owned)).unwrap_or_else(|| "unknown".to_owned())
}

/// Today's date, from the program `date`.
pub(crate) fn date() -> String {
    said("date", "+%Y-%m-%d").unwrap_or_default()
}

fn said(program: &str, argument: &str) -> Option<String> {
    let said = command::output(command::program(program).arg(argument)).ok()?;
    Some(said.trim().to_owned())
}
