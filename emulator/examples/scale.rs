//! Measures an emulator with many users: `cargo run --release -p logto-admin-emulator --example scale [USERS]`.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints its results, and can panic")]
#![expect(clippy::disallowed_methods, reason = "a measurement reads the system clock")]

use std::time::{Duration, Instant};

use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, HttpResponse, Method};
use logto_admin_emulator::Emulator;

struct Stage {
    emulator: Emulator,
    token: String,
}

impl Stage {
    fn new() -> Self {
        let emulator = Emulator::new();
        let token = token(&emulator);
        Self { emulator, token }
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

    /// Prints the median and the maximum time of a request.
    fn measure(&self, name: &str, path: impl Fn(usize) -> String) {
        let mut times: Vec<Duration> = (0..11)
            .map(|turn| {
                let path = path(turn);
                let start = Instant::now();
                self.call(Method::Get, &path, &Value::Null);
                start.elapsed()
            })
            .collect();
        times.sort();
        let total = self.call(Method::Get, &path(0), &Value::Null).headers.get("total-number").map(str::to_owned);
        let (median, most) = (times.get(5).unwrap(), times.last().unwrap());
        println!("{name:40} {median:>12.2?} {most:>12.2?}  total {}", total.unwrap_or_default());
    }
}

fn token(emulator: &Emulator) -> String {
    let mut request = HttpRequest::new(Method::Post, "http://localhost/oidc/token");
    let form = "grant_type=client_credentials&resource=https://default.logto.app/api&scope=all";
    request.body = format!("{form}&client_id=emulator-app&client_secret=emulator-secret").into();
    let answer: Value = serde_json::from_slice(&emulator.handle(&request).body.bytes()).unwrap();
    answer.get("access_token").and_then(Value::as_str).unwrap().to_owned()
}

/// Resident memory in MB, on Linux.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default() / 1000
}

fn main() {
    let users: usize = std::env::args().nth(1).and_then(|users| users.parse().ok()).unwrap_or(1_000_000);
    let mut stage = Stage::new();
    let start = Instant::now();
    for number in 0..users {
        if number % 100_000 == 0 {
            stage.token = token(&stage.emulator);
        }
        let user = json!({
            "username": format!("user_{number}"),
            "primaryEmail": format!("user{number}@example.com"),
            "name": format!("User {number}"),
        });
        stage.call(Method::Post, "/api/users", &user);
    }
    stage.token = token(&stage.emulator);
    println!("{users} users in {:.2?}, {} MB", start.elapsed(), memory());
    let pages = users / 20;
    stage.measure("first page", |_| "/api/users".to_owned());
    stage.measure("last page", |_| format!("/api/users?page={pages}"));
    stage.measure("some page", |turn| format!("/api/users?page={}", pages / 13 * (turn + 1)));
    stage.measure("search: common", |_| "/api/users?search=%25user%25".to_owned());
    stage.measure("search: common, of a member", |_| "/api/users?search.primaryEmail=%25example%25".to_owned());
    stage.measure("search: rare", |turn| format!("/api/users?search=%25user_{turn}99999%25"));
    stage.measure("search: none", |_| "/api/users?search=%25nobody%25".to_owned());
    stage.measure("search: prefix of a member", |turn| format!("/api/users?search.username=user_{turn}123%25"));
    stage.measure("search: exact member", |turn| {
        format!("/api/users?search.primaryEmail=user{turn}@example.com&mode.primaryEmail=exact")
    });
    let before = memory();
    let start = Instant::now();
    let calls = 1_000_000;
    for number in 0..calls {
        match number % 1000 {
            0 => stage.token = token(&stage.emulator),
            _ => drop(stage.call(Method::Get, "/api/applications/emulator-app", &Value::Null)),
        }
        if number % 100_000 == 0 {
            stage.emulator.advance(Duration::from_secs(600));
        }
    }
    println!("{calls} requests in {:.2?}, {} MB, {} MB before", start.elapsed(), memory(), before);
}
