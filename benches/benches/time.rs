//! Time of decoding, by Criterion: typed, and into `serde_json::Value`.

#![allow(clippy::expect_used, reason = "a bench that cannot run has nothing else to say")]

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use logto_admin::models;
use logto_admin_benches::data;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The recorded exchanges of the tests.
const RECORDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/exchanges.jsonl");

fn main() {
    let mut criterion = Criterion::default().without_plots().configure_from_args();
    let mut group = criterion.benchmark_group("decode");
    group.sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_millis(900));
    typed::<Vec<models::User>>(&mut group, "100 users", &data::page(1, 100));
    let recorded = recorded();
    let mut answer = |name: &str, decode: fn(&mut BenchmarkGroup<'_, WallTime>, &str, &str)| {
        decode(&mut group, name, recorded.get(name).expect("a recorded answer"));
    };
    answer("GetSignInExperiencePhrases", typed::<std::collections::BTreeMap<String, models::StringOrObject>>);
    answer("ListApplications", typed::<Vec<models::Application>>);
    answer("ListConnectorFactories", typed::<Vec<models::ConnectorFactory>>);
    answer("GetConnector", typed::<models::Connector>);
    answer("ListSsoConnectorProviders", typed::<Vec<models::SsoConnectorProvider>>);
    answer("UpdateSignInExp", typed::<models::SignInExperience>);
    answer("ListRoles", typed::<Vec<models::Role>>);
    answer("ListUserGrants", typed::<models::Grants>);
    answer("ListOrganizationInvitations", typed::<Vec<models::OrganizationInvitation>>);
    answer("ListHooks", typed::<Vec<models::Hook>>);
    answer("ListUserMfaVerifications", typed::<Vec<models::MfaVerification>>);
    group.finish();
}

/// Decodes the same text into a type and into a value.
fn typed<T: DeserializeOwned>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, json: &str) {
    group.throughput(Throughput::Bytes(json.len() as u64));
    decode::<T>(group, BenchmarkId::new("typed", name), json);
    decode::<Value>(group, BenchmarkId::new("value", name), json);
}

fn decode<T: DeserializeOwned>(group: &mut BenchmarkGroup<'_, WallTime>, id: BenchmarkId, json: &str) {
    group.bench_with_input(id, json.as_bytes(), |bencher, json| {
        bencher.iter(|| serde_json::from_slice::<T>(black_box(json)).expect("an answer"));
    });
}

/// The largest success of each operation.
fn recorded() -> HashMap<String, String> {
    let lines = std::fs::read_to_string(RECORDINGS).expect("the recordings");
    let mut largest: HashMap<String, String> = HashMap::new();
    for line in lines.lines() {
        let exchange: Value = serde_json::from_str(line).expect("an exchange");
        let (Some(id), Some(200)) =
            (exchange.get("operation_id").and_then(Value::as_str), exchange.get("status").and_then(Value::as_u64))
        else {
            continue;
        };
        let body = exchange.get("response_body").map(ToString::to_string).unwrap_or_default();
        let kept = largest.entry(id.to_owned()).or_default();
        if body.len() > kept.len() {
            *kept = body;
        }
    }
    largest
}
