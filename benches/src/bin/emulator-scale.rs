//! The emulator with 1,000,000 users: its memory, and the time of its lists.

use anyhow::{Context, Result, ensure};
use logto_admin::transport::{HttpRequest, HttpResponse, Method};
use logto_admin_benches::clock::{self, Stopwatch};
use logto_admin_benches::report::{Report, Table};
use logto_admin_emulator::Emulator;
use serde_json::{Value, json};

const USERS: usize = 1_000_000;
/// Number of members of the small organization.
const MEMBERS: usize = 1000;
/// Users per page.
const PAGE: usize = 20;
/// Maximum of the resident memory, in MB.
const MEMORY: f64 = 3000.0;
/// Maximum of the median time of a request, in milliseconds.
const TIME: f64 = 5.0;
/// The same for searches that check each user.
const TIME_OF_CHECKS: f64 = 1000.0;
const TURNS: usize = 11;

fn main() -> Result<()> {
    let mut stage = Stage::new()?;
    let ids = stage.fill()?;
    let mut report = Report::default();
    report.countable("memory of the emulator with 1,000,000 users, in MB", memory()?, MEMORY);
    let few = stage.organization(ids.get(..MEMBERS).unwrap_or_default())?;
    stage.users(&few)?;
    stage.checks()?;
    stage.members("1,000 members", &few)?;
    let all = stage.organization(&ids)?;
    stage.members("1,000,000 members", &all)?;
    for (name, milliseconds) in &stage.medians {
        report.timed(format!("milliseconds of a request to the emulator, {name}"), *milliseconds, TIME);
    }
    for (name, milliseconds) in &stage.medians_of_checks {
        report.timed(format!("milliseconds of a search that checks each user, {name}"), *milliseconds, TIME_OF_CHECKS);
    }
    report.table(stage.table);
    report.print()
}

/// An emulator, and what was measured.
struct Stage {
    emulator: Emulator,
    token: String,
    /// A user who changes before each request, so that nothing is remembered.
    changing: String,
    table: Table,
    medians: Vec<(String, f64)>,
    /// Of searches that check each user.
    medians_of_checks: Vec<(String, f64)>,
}

impl Stage {
    fn new() -> Result<Self> {
        let emulator = Emulator::new();
        let token = token(&emulator)?;
        let title = "Requests to an emulator with 1,000,000 users (11 each, in memory)";
        let table = Table::new(title, &["request", "matches", "median, ms", "maximum, ms"]);
        Ok(Self { emulator, token, changing: String::new(), table, medians: Vec::new(), medians_of_checks: Vec::new() })
    }

    /// Creates users with everything that most users have, and returns their ids.
    fn fill(&mut self) -> Result<Vec<String>> {
        let mut ids = Vec::with_capacity(USERS);
        for number in 0..USERS {
            if number % 100_000 == 0 {
                self.token = token(&self.emulator)?;
            }
            let digest = format!(
                "$argon2i$v=19$m=4096,t=10,p=1$aZzrqpSX45{number:012}$O4MdirF0mtuWWWz68eyNAt2u1FzzV3m{number:012}"
            );
            let user = json!({
                "username": format!("user_{number}"),
                "primaryEmail": format!("user{number}@example.com"),
                "name": format!("User {number}"),
                "passwordDigest": digest,
                "passwordAlgorithm": "Argon2i",
            });
            ids.push(self.create("/api/users", &user)?);
        }
        self.changing = ids.first().cloned().unwrap_or_default();
        Ok(ids)
    }

    /// Creates an organization with these members.
    fn organization(&mut self, members: &[String]) -> Result<String> {
        self.token = token(&self.emulator)?;
        let organization = self.create("/api/organizations", &json!({ "name": "Members" }))?;
        for ids in members.chunks(1000) {
            self.call(Method::Post, &format!("/api/organizations/{organization}/users"), &json!({ "userIds": ids }))?;
        }
        Ok(organization)
    }

    fn users(&mut self, organization: &str) -> Result<()> {
        let last = USERS / PAGE;
        let queries = [
            ("first page", String::new()),
            ("last page", format!("page={last}")),
            ("not in an organization of 1,000", format!("excludeOrganizationId={organization}")),
            ("search that matches all", "search=%25".to_owned()),
            ("search for a common part", "search=%25user%25".to_owned()),
            ("search for a common part, last page", format!("search=%25user%25&page={last}")),
            ("search in two members", "search.primaryEmail=%25example%25&search.name=%25User%25&joint=and".to_owned()),
            ("search for a common end", "search.primaryEmail=%25@example.com".to_owned()),
            ("search for a rare part", "search=%25user_199999%25".to_owned()),
            ("search that matches none", "search=%25nobody%25".to_owned()),
            ("search for a start", "search.username=user_123%25".to_owned()),
            ("search for an exact value", "search.primaryEmail=user7@example.com&mode.primaryEmail=exact".to_owned()),
        ];
        for (name, query) in queries {
            self.list(name, &format!("/api/users?{query}"))?;
        }
        Ok(())
    }

    /// Searches that check each user.
    fn checks(&mut self) -> Result<()> {
        let queries = [
            ("case-sensitive", "search=%25user%25&isCaseSensitive=true"),
            ("parts in order", "search=us%25example%25"),
            ("expression", "search=%5Euser&mode=posix"),
        ];
        for (name, query) in queries {
            let median = self.time(name, &format!("/api/users?{query}"))?;
            self.medians_of_checks.push((name.to_owned(), median));
        }
        Ok(())
    }

    fn members(&mut self, name: &str, organization: &str) -> Result<()> {
        let path = format!("/api/organizations/{organization}/users");
        self.list(&format!("{name}, first page"), &path)?;
        self.list(&format!("{name}, search"), &format!("{path}?q=user"))
    }

    /// Measures a request with the budget of lists.
    fn list(&mut self, name: &str, path: &str) -> Result<()> {
        let median = self.time(name, path)?;
        self.medians.push((name.to_owned(), median));
        Ok(())
    }

    /// Measures a request, and returns the median in milliseconds.
    fn time(&mut self, name: &str, path: &str) -> Result<f64> {
        let (mut times, mut matches) = (Vec::new(), String::new());
        for turn in 0..TURNS {
            let change = json!({ "customData": { "turn": turn } });
            self.call(Method::Patch, &format!("/api/users/{}/custom-data", self.changing), &change)?;
            let watch = Stopwatch::start();
            let response = self.call(Method::Get, path, &Value::Null)?;
            times.push(watch.seconds() * 1000.0);
            matches = response.headers.get("total-number").unwrap_or_default().to_owned();
        }
        let longest = times.iter().copied().fold(0.0, f64::max);
        let median = clock::median(times);
        self.table.row([name.to_owned(), matches, format!("{median:.2}"), format!("{longest:.2}")]);
        Ok(median)
    }

    /// Calls an operation and returns the id in the response.
    fn create(&self, path: &str, body: &Value) -> Result<String> {
        let created: Value = serde_json::from_slice(&self.call(Method::Post, path, body)?.body.bytes())?;
        Ok(created.get("id").and_then(Value::as_str).context("the response has no id")?.to_owned())
    }

    fn call(&self, method: Method, path: &str, body: &Value) -> Result<HttpResponse> {
        let mut request = HttpRequest::new(method, format!("http://localhost{path}"));
        request.headers.set("authorization", format!("Bearer {}", self.token));
        if !body.is_null() {
            request.body = body.to_string().into();
        }
        let response = self.emulator.handle(&request);
        ensure!(response.is_success(), "{path}: {} {}", response.status, response.body.text());
        Ok(response)
    }
}

fn token(emulator: &Emulator) -> Result<String> {
    let mut request = HttpRequest::new(Method::Post, "http://localhost/oidc/token");
    let form = "grant_type=client_credentials&resource=https://default.logto.app/api&scope=all";
    request.body = format!("{form}&client_id=emulator-app&client_secret=emulator-secret").into();
    let answer: Value = serde_json::from_slice(&emulator.handle(&request).body.bytes())?;
    Ok(answer.get("access_token").and_then(Value::as_str).context("the emulator issued no token")?.to_owned())
}

/// The maximum of the resident memory in MB, on Linux.
fn memory() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status").context("the memory can be read on Linux only")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the peak is missing")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0 / 1e6)
}
