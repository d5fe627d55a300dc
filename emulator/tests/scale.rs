//! Measures an emulator with 1,000,000 users:
//! `cargo test --release -p logto-admin-emulator --test scale -- --ignored --nocapture`.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints its results"
)]
#![allow(clippy::disallowed_methods, reason = "a measurement reads the system clock")]

use std::time::{Duration, Instant};

use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, HttpResponse, Method};
use logto_admin_emulator::Emulator;

const USERS: usize = 1_000_000;
/// Number of members of the small organization.
const MEMBERS: usize = 1000;
/// Maximum of the resident memory, in MB.
const MEMORY: u64 = 3000;
/// Maximum of the median time of a request.
const TIME: Duration = Duration::from_millis(5);
const TURNS: usize = 11;

struct Stage {
    emulator: Emulator,
    token: String,
    /// Operations that took too long.
    slow: Vec<String>,
}

impl Stage {
    fn new() -> Self {
        let emulator = Emulator::new();
        let token = token(&emulator);
        Self { emulator, token, slow: Vec::new() }
    }

    fn call(&self, method: Method, path: &str, body: &Value) -> HttpResponse {
        let mut request = HttpRequest::new(method, format!("http://localhost{path}"));
        request.headers.set("authorization", format!("Bearer {}", self.token));
        if !body.is_null() {
            request.body = body.to_string().into();
        }
        let response = self.emulator.handle(&request);
        assert!(response.is_success(), "{path}: {} {}", response.status, response.body.text());
        response
    }

    /// Calls an operation and returns the id in the response.
    fn create(&self, path: &str, body: &Value) -> String {
        let created: Value = serde_json::from_slice(&self.call(Method::Post, path, body).body.bytes()).unwrap();
        created["id"].as_str().unwrap().to_owned()
    }

    /// Creates users with everything that most users have, and returns their ids.
    fn fill(&mut self) -> Vec<String> {
        let start = Instant::now();
        let mut ids = Vec::new();
        for number in 0..USERS {
            if number % 100_000 == 0 {
                self.token = token(&self.emulator);
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
            ids.push(self.create("/api/users", &user));
        }
        println!("{USERS} users in {:.2?}", start.elapsed());
        ids
    }

    /// Creates an organization with these members.
    fn organization(&mut self, members: &[String]) -> String {
        self.token = token(&self.emulator);
        let organization = self.create("/api/organizations", &json!({ "name": "Members" }));
        for ids in members.chunks(1000) {
            self.call(Method::Post, &format!("/api/organizations/{organization}/users"), &json!({ "userIds": ids }));
        }
        organization
    }

    /// Measures a request that has a budget.
    fn measure(&mut self, name: &str, changed: &str, path: impl Fn(usize) -> String) {
        let median = self.time(name, changed, path);
        if median > TIME {
            self.slow.push(format!("{name}: {median:.2?}"));
        }
    }

    /// Prints the median and the maximum time of a request, and returns the median. Before each request, something
    /// changes, so that nothing is remembered.
    fn time(&self, name: &str, changed: &str, path: impl Fn(usize) -> String) -> Duration {
        let (mut times, mut total) = (Vec::new(), String::new());
        for turn in 0..TURNS {
            self.call(
                Method::Patch,
                &format!("/api/users/{changed}/custom-data"),
                &json!({ "customData": { "turn": turn } }),
            );
            let path = path(turn);
            let start = Instant::now();
            let response = self.call(Method::Get, &path, &Value::Null);
            times.push(start.elapsed());
            total = response.headers.get("total-number").unwrap_or_default().to_owned();
        }
        times.sort();
        let median = times[TURNS / 2];
        println!("{name:44} {median:>10.2?} {:>10.2?}  total {total}", times[TURNS - 1]);
        median
    }
}

fn token(emulator: &Emulator) -> String {
    let mut request = HttpRequest::new(Method::Post, "http://localhost/oidc/token");
    let form = "grant_type=client_credentials&resource=https://default.logto.app/api&scope=all";
    request.body = format!("{form}&client_id=emulator-app&client_secret=emulator-secret").into();
    let answer: Value = serde_json::from_slice(&emulator.handle(&request).body.bytes()).unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

/// The maximum of the resident memory in MB, on Linux.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default() / 1000
}

#[test]
#[ignore = "takes minutes, and measures only what a release build does on a quiet machine"]
fn a_million_users_fit_in_3_gb_and_are_found_in_5_ms() {
    let mut stage = Stage::new();
    let ids = stage.fill();
    let peak = memory();
    println!("{peak} MB");
    let organization = stage.organization(&ids[..MEMBERS]);
    let (changed, pages) = (ids[0].as_str(), USERS / 20);
    let mut users = |name: &str, query: &dyn Fn(usize) -> String| {
        stage.measure(name, changed, |turn| format!("/api/users?{}", query(turn)));
    };
    users("first page", &|_| String::new());
    users("last page", &|_| format!("page={pages}"));
    users("some page", &|turn| format!("page={}", pages / 13 * (turn + 1)));
    users("not in an organization", &|_| format!("excludeOrganizationId={organization}"));
    users("search: all", &|_| "search=%25".to_owned());
    users("search: common", &|_| "search=%25user%25".to_owned());
    users("search: common, last page", &|_| format!("search=%25user%25&page={pages}"));
    users("search: common, in a member", &|_| "search.primaryEmail=%25example%25".to_owned());
    users("search: common, in members", &|_| {
        "search.primaryEmail=%25example%25&search.name=%25User%25&joint=and".to_owned()
    });
    users("search: common end", &|_| "search.primaryEmail=%25@example.com".to_owned());
    users("search: rare", &|turn| format!("search=%25user_{turn}99999%25"));
    users("search: in every tenth", &|turn| format!("search=%25{}0@example.com%25", turn % 10));
    users("search: none", &|_| "search=%25nobody%25".to_owned());
    users("search: prefix of a member", &|turn| format!("search.username=user_{turn}123%25"));
    users("search: exact member", &|turn| {
        format!("search.primaryEmail=user{turn}@example.com&mode.primaryEmail=exact")
    });
    stage.measure("members", changed, |_| format!("/api/organizations/{organization}/users"));
    stage.measure("members: search", changed, |_| format!("/api/organizations/{organization}/users?q=user"));
    let all = stage.organization(&ids);
    println!("{} MB with an organization of all users", memory());
    stage.measure("members: all", changed, |_| format!("/api/organizations/{all}/users"));
    stage.measure("members: search in all", changed, |_| format!("/api/organizations/{all}/users?q=user"));
    stage.measure("not in the organization", changed, |_| format!("/api/users?excludeOrganizationId={all}"));
    println!("without a budget:");
    stage.time("search: in order", changed, |_| "/api/users?search=us%25example%25".to_owned());
    stage.time("search: case-sensitive", changed, |_| "/api/users?search=%25user%25&isCaseSensitive=true".to_owned());
    stage.time("search: expression", changed, |_| "/api/users?search=%5Euser&mode=posix".to_owned());
    assert!(stage.slow.is_empty(), "slower than {TIME:?}: {:#?}", stage.slow);
    assert!(peak < MEMORY, "{peak} MB");
}
