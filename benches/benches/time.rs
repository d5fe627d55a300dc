//! Decoding time into types and into `serde_json::Value`, measured with Criterion.

#![allow(clippy::expect_used, reason = "a bench that cannot run should panic")]

use std::collections::{BTreeSet, HashMap};
use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use logto_admin::operation::{ListOperation, Operation};
use logto_admin::types::support::decode;
use logto_admin::{api, models};
use logto_admin_benches::data;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The recorded exchanges of the tests.
const RECORDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/exchanges.jsonl");

/// Items per list, as on a full page. Most recorded lists are shorter.
const ITEMS: usize = 100;

fn main() {
    let mut criterion = Criterion::default().without_plots().configure_from_args();
    let mut group = criterion.benchmark_group("decode");
    group.sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_millis(900));
    let recorded = recorded();
    let mut bench = Bench { unmeasured: recorded.lists(), recorded, group };
    bench.typed::<Vec<models::User>>("100 users", &data::page(1, ITEMS));
    bench.largest();
    bench.unions();
    bench.lists();
    bench.lists_in_pages();
    assert!(bench.unmeasured.is_empty(), "recorded but not measured: {:?}", bench.unmeasured);
}

struct Bench<'a> {
    group: BenchmarkGroup<'a, WallTime>,
    recorded: Recorded,
    /// Recorded lists that have not been measured yet.
    unmeasured: BTreeSet<String>,
}

impl Bench<'_> {
    /// Responses of 1 KB and more that are not lists.
    fn largest(&mut self) {
        self.answer::<api::well_known::GetSignInExperiencePhrasesOp>();
        self.answer::<api::connectors::GetConnectorOp>();
        self.answer::<api::sign_in_experience::UpdateSignInExpOp>();
        self.answer::<api::well_known::GetSignInExperienceConfigOp>();
        self.answer::<api::dashboard::GetActiveUserCountsOp>();
        self.answer::<api::users::ListUserGrantsOp>();
    }

    /// Sessions of a user who signs in, which contain unions. They have no recording.
    fn unions(&mut self) {
        self.typed::<models::Sessions>("100 sessions with unions", &sessions());
        self.typed::<Vec<models::VerificationRecord>>("100 verification records", &verification_records());
    }

    fn lists(&mut self) {
        self.answer::<api::applications::ListApplicationSecretsOp>();
        self.answer::<api::configs::GetOidcKeysOp>();
        self.answer::<api::configs::ListJwtCustomizersOp>();
        self.answer::<api::connector_factories::ListConnectorFactoriesOp>();
        self.answer::<api::custom_phrases::ListCustomPhrasesOp>();
        self.answer::<api::custom_profile_fields::UpdateCustomProfileFieldsSieOrderOp>();
        self.answer::<api::organization_invitations::ListOrganizationInvitationsOp>();
        self.answer::<api::sso_connector_providers::ListSsoConnectorProvidersOp>();
        self.answer::<api::users::ListUserMfaVerificationsOp>();
    }

    fn lists_in_pages(&mut self) {
        self.list::<api::applications::ListApplicationsOp>();
        self.list::<api::applications::ListApplicationOrganizationsOp>();
        self.list::<api::hooks::ListHooksOp>();
        self.list::<api::organization_roles::ListOrganizationRoleResourceScopesOp>();
        self.list::<api::organization_roles::ListOrganizationRoleScopesOp>();
        self.list::<api::organizations::ListOrganizationApplicationRolesOp>();
        self.list::<api::organizations::ListOrganizationApplicationsOp>();
        self.list::<api::organizations::ListOrganizationJitEmailDomainsOp>();
        self.list::<api::organizations::ListOrganizationJitRolesOp>();
        self.list::<api::organizations::ListOrganizationJitSsoConnectorsOp>();
        self.list::<api::organizations::ListOrganizationUserRolesOp>();
        self.list::<api::organizations::ListOrganizationUsersOp>();
        self.list::<api::resources::ListResourceScopesOp>();
        self.list::<api::roles::ListRolesOp>();
        self.list::<api::users::ListUserRolesOp>();
    }

    fn answer<Op: Operation<Output: DeserializeOwned>>(&mut self) {
        self.operation::<Op, Op::Output>();
    }

    fn list<Op: ListOperation<Item: DeserializeOwned>>(&mut self) {
        self.operation::<Op, Vec<Op::Item>>();
    }

    fn operation<Op: Operation, T: DeserializeOwned>(&mut self) {
        let id = Op::INFO.id;
        self.unmeasured.remove(id);
        let answer = self.recorded.answer(id);
        self.typed::<T>(id, &answer);
    }

    /// Decodes the same text into a type and into a value, in the same way as a call.
    fn typed<T: DeserializeOwned>(&mut self, name: &str, json: &str) {
        self.group.throughput(Throughput::Bytes(json.len() as u64));
        self.decode::<T>(BenchmarkId::new("typed", name), json);
        self.decode::<Value>(BenchmarkId::new("value", name), json);
    }

    fn decode<T: DeserializeOwned>(&mut self, id: BenchmarkId, json: &str) {
        self.group.bench_with_input(id, json.as_bytes(), |bencher, json| {
            bencher.iter(|| decode(|| serde_json::from_slice::<T>(black_box(json))).expect("an answer"));
        });
    }
}

/// Sessions, with members in Logto's order.
fn sessions() -> String {
    let session = json!({
        "payload": {
            "exp": 1_798_000_000, "iat": 1_796_790_400, "jti": "j5k8-p2_q", "uid": "w3r9t6", "kind": "Session",
            "loginTs": 1_796_790_400, "accountId": "u0001",
            "authorizations": { "app-1": { "sid": "s1d2", "grantId": "g7h8", "persistsLogout": true } },
        },
        "lastSubmission": {
            "interactionEvent": "SignIn",
            "userId": "u0001",
            "verificationRecords": [
                { "id": "v7n1", "type": "Password", "identifier": { "type": "email", "value": "ada@example.com" }, "verified": true },
                { "id": "v7n2", "type": "Totp", "userId": "u0001", "verified": true },
            ],
        },
        "clientId": "app-1",
        "accountId": "u0001",
        "expiresAt": 1_798_000_000_000_i64,
    });
    json!({ "sessions": vec![session; ITEMS] }).to_string()
}

/// A list of tagged unions, with members in Logto's order.
fn verification_records() -> String {
    let password =
        r#"{"id":"v7n1","type":"Password","identifier":{"type":"email","value":"ada@example.com"},"verified":true}"#;
    let totp = r#"{"id":"v7n2","type":"Totp","userId":"u0001","verified":true}"#;
    let records = [password, totp].into_iter().cycle().take(ITEMS).collect::<Vec<_>>();
    format!("[{}]", records.join(","))
}

/// The largest successful response of each operation.
struct Recorded(HashMap<String, Value>);

fn recorded() -> Recorded {
    let lines = std::fs::read_to_string(RECORDINGS).expect("the recordings");
    let mut largest: HashMap<String, Value> = HashMap::new();
    for line in lines.lines() {
        let mut exchange: Value = serde_json::from_str(line).expect("an exchange");
        let body = exchange.get_mut("response_body").map(Value::take).unwrap_or_default();
        let (Some(id), Some(200)) =
            (exchange.get("operation_id").and_then(Value::as_str), exchange.get("status").and_then(Value::as_u64))
        else {
            continue;
        };
        let larger = |kept: &Value| body.to_string().len() > kept.to_string().len();
        if largest.get(id).is_none_or(larger) {
            largest.insert(id.to_owned(), body);
        }
    }
    Recorded(largest)
}

impl Recorded {
    /// Returns the operations with a recorded list that has items.
    fn lists(&self) -> BTreeSet<String> {
        let has_items = |answer: &Value| answer.as_array().is_some_and(|items| !items.is_empty());
        self.0.iter().filter(|(_, answer)| has_items(answer)).map(|(id, _)| id.clone()).collect()
    }

    /// Returns the recorded response. A list is repeated until it fills a page.
    fn answer(&self, id: &str) -> String {
        match self.0.get(id).expect("a recorded response") {
            Value::Array(items) => Value::from_iter(items.iter().cycle().take(ITEMS).cloned()).to_string(),
            answer => answer.to_string(),
        }
    }
}
