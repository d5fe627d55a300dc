//! The list of 20 users, read by this client, by bare HTTP and by other clients.
//!
//! Each runs with one and with 32 callers.

use anyhow::Result;

use super::calls::{self, CALLERS, Calls};
use super::clients::{self, CLIENT, LOGTO_API, NPM_ON_NODE, Peer};
use super::plot::Plot;
use super::report::Report;
use super::server::Server;

const ROUNDS: usize = 3;
/// Engines with a JIT compiler keep getting faster for seconds. A shorter warm-up would measure the engine instead.
const WARM_UP: &str = "3";
const SECONDS: &str = "2";

/// The peers and the measured rounds of each.
struct Measured {
    facts: Vec<Peer>,
    rounds: Vec<Vec<Calls>>,
}

pub(crate) fn measure() -> Result<Report> {
    clients::set_up()?;
    let server = Server::start()?;
    let mut report = Report::default();
    let mut rows = Vec::new();
    let mut bars = Vec::new();
    for (at, callers) in CALLERS.into_iter().enumerate() {
        let mut facts = clients::all(&server, callers, [WARM_UP, SECONDS]);
        let rounds = calls::in_turns(facts.iter_mut().map(|peer| &mut peer.command), ROUNDS)?;
        let measured = Measured { facts, rounds };
        rows.extend(measured.rows(callers));
        bars.extend(measured.bars(callers));
        measured.check(&mut report, at, callers);
    }
    let columns = [
        "callers",
        "client",
        "calls per second",
        "speedup of this client",
        "time relative to bare HTTP in the same runtime",
        "CPU µs per call",
    ];
    let title = format!(
        "List of 20 users, parsed (medians of {ROUNDS} alternating rounds, {SECONDS} s each after a {WARM_UP} s warm-up)"
    );
    report.table(&title, &columns, rows);
    report.plots.push(Plot { name: "peers".to_owned(), title: "Lists of 20 users per second".to_owned(), bars });
    Ok(report)
}

impl Measured {
    fn all(&self) -> impl Iterator<Item = (&Peer, &[Calls])> {
        self.facts.iter().zip(self.rounds.iter().map(Vec::as_slice))
    }

    /// The speedup of `name` over `other`.
    fn faster(&self, name: &str, other: &str) -> f64 {
        let of = |name| self.all().find(|(peer, _)| peer.name == name).map_or(&[][..], |(_, rounds)| rounds);
        calls::ratio(of(name), of(other), Calls::a_second)
    }

    fn rows(&self, callers: &str) -> impl Iterator<Item = Vec<String>> {
        self.all().map(move |(peer, rounds)| {
            vec![
                callers.to_owned(),
                peer.name.to_owned(),
                format!("{:.0}", calls::median(rounds, Calls::a_second)),
                format!("{:.2}", self.faster(CLIENT, peer.name)),
                peer.bare.map_or_else(String::new, |bare| format!("{:.2}", self.faster(bare, peer.name))),
                format!("{:.0}", calls::median(rounds, Calls::cpu)),
            ]
        })
    }

    fn bars(&self, callers: &str) -> impl Iterator<Item = (String, f64)> {
        self.all().map(move |(peer, rounds)| {
            (format!("{}, {}", peer.name, calls::callers(callers)), calls::median(rounds, Calls::a_second))
        })
    }

    fn check(&self, report: &mut Report, at: usize, callers: &str) {
        let what =
            format!("time per call of the npm package relative to @logto/api, Node, {}", calls::callers(callers));
        report.check(what, self.faster(LOGTO_API, NPM_ON_NODE), 1.0, false);
        for peer in &self.facts {
            let Some(wanted) = peer.wanted.and_then(|wanted| wanted.get(at).copied()) else { continue };
            let (name, callers) = (peer.name, calls::callers(callers));
            let what = format!("target ({wanted}x) / measured speedup over {name}, {callers}");
            report.check(what, wanted / self.faster(CLIENT, peer.name), 1.0, false);
        }
    }
}
