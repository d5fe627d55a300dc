//! The list of 20 users, read and parsed by one and by 32 callers: by the client, by bare HTTP and by other clients.

use anyhow::Result;

use super::calls::{self, CALLERS, Calls};
use super::clients::{self, CLIENT, LOGTO_API, NPM_ON_NODE, Peer};
use super::plot::Plot;
use super::report::Report;
use super::server::Server;

const ROUNDS: usize = 3;
/// Engines that compile while they run go on getting faster for seconds: less would measure them, not what they run.
const WARM_UP: &str = "3";
const SECONDS: &str = "2";

/// Who was measured, and what came of each round.
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
        "by",
        "calls a second",
        "this client is … times as fast",
        "time over bare HTTP there",
        "CPU µs a call",
    ];
    let title = format!(
        "List of 20 users, parsed (medians of {ROUNDS} rounds in turns, {SECONDS} s each after {WARM_UP} s to warm up)"
    );
    report.table(&title, &columns, rows);
    report.plots.push(Plot { name: "peers".to_owned(), title: "Lists of 20 users a second".to_owned(), bars });
    Ok(report)
}

impl Measured {
    fn all(&self) -> impl Iterator<Item = (&Peer, &[Calls])> {
        self.facts.iter().zip(self.rounds.iter().map(Vec::as_slice))
    }

    /// How many times as fast one was as another.
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
        let what = format!("time of a call by the npm package over @logto/api, Node, {}", calls::callers(callers));
        report.check(what, self.faster(LOGTO_API, NPM_ON_NODE), 1.0, false);
        for peer in &self.facts {
            let Some(wanted) = peer.wanted.and_then(|wanted| wanted.get(at).copied()) else { continue };
            let (name, callers) = (peer.name, calls::callers(callers));
            let what = format!("lead wanted over {name} ({wanted} times), over the lead measured, {callers}");
            report.check(what, wanted / self.faster(CLIENT, peer.name), 1.0, false);
        }
    }
}
