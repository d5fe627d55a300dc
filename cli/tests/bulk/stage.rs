//! An emulator with the current time, and an import into it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use logto_admin::bulk::Concurrency;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpTransport;
use logto_admin::{Client, Timestamp};
use logto_admin_cli::interrupt::Interrupt;
use logto_admin_cli::username_case::UsernameCase;
use logto_admin_cli::users::import::import;
use logto_admin_cli::users::journal::Journal;
use logto_admin_cli::users::matched_users::MatchedUsers;
use logto_admin_cli::users::names::Names;
use logto_admin_cli::users::record::ImportedUser;
use logto_admin_cli::users::record::Item;
use logto_admin_cli::users::record_result::RecordResult;
use logto_admin_cli::users::summary::Summary;
use logto_admin_cli::users::write::{OnConflict, Writer};
use logto_admin_emulator::Emulator;

pub(crate) struct Stage {
    pub(crate) emulator: Emulator,
    pub(crate) journal: PathBuf,
    pub(crate) on_conflict: OnConflict,
}

/// Result of an import.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) summary: Summary,
    pub(crate) lines: Vec<RecordResult>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        static JOURNALS: AtomicU32 = AtomicU32::new(0);
        let number = JOURNALS.fetch_add(1, Ordering::Relaxed);
        let journal =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bulk-{}-{number}.journal", std::process::id()));
        let _ = fs::remove_file(&journal);
        // The journal compares the times of this machine with those of the server.
        let emulator = Emulator::builder().clock(|| Timestamp::from(std::time::SystemTime::now())).build();
        Self { emulator, journal, on_conflict: OnConflict::Skip }
    }

    pub(crate) fn client(&self) -> Client {
        self.emulator.client().unwrap()
    }

    /// A client that sends through another transport.
    pub(crate) fn client_over(&self, transport: impl HttpTransport) -> Client {
        let builder = Client::builder(self.emulator.endpoint());
        builder
            .client_credentials(self.emulator.app_id(), self.emulator.app_secret())
            .transport(transport)
            .build()
            .unwrap()
    }

    pub(crate) fn open_journal(&self) -> Journal {
        Journal::open(&self.journal, self.emulator.endpoint().url(), Timestamp::now().as_millis()).unwrap()
    }

    pub(crate) async fn writer(&self, client: &Client) -> Writer {
        Writer {
            client: client.clone(),
            names: Arc::new(Names::load(&self.client()).await.unwrap()),
            on_conflict: self.on_conflict,
            username_case: UsernameCase::load(&self.client()).await.unwrap(),
            matches_ids: false,
            journal: Some(Arc::new(Mutex::new(self.open_journal()))),
            matched: MatchedUsers::default(),
            is_dry_run: false,
        }
    }

    pub(crate) async fn import(&self, users: Vec<ImportedUser>) -> Report {
        let client = self.client();
        self.import_with(&self.writer(&client).await, users, None).await
    }

    pub(crate) async fn import_with(
        &self,
        writer: &Writer,
        users: Vec<ImportedUser>,
        max_failures: Option<u64>,
    ) -> Report {
        let (mut lines, interrupt) = (Vec::new(), Interrupt::default());
        let mut report = |line: &RecordResult| {
            lines.push(line.clone());
            Ok(())
        };
        let imported = import(writer, items(users), Concurrency::up_to(4), max_failures, &interrupt, &mut report);
        let summary = imported.await.unwrap();
        Report { summary, lines }
    }

    pub(crate) async fn usernames(&self) -> Vec<String> {
        let users = self.client().operation("ListUsers").unwrap().query("page_size", 100_u32).await.unwrap();
        let mut names: Vec<String> =
            users.as_array().unwrap().iter().map(|user| user["username"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    pub(crate) async fn ignore_username_case(&self) {
        let letters = json!({ "lowercase": true, "uppercase": true, "numbers": true, "underscore": true });
        let policy = json!({ "caseSensitive": false, "minLength": 1, "maxLength": 128, "allowedChars": letters });
        self.call("UpdateSignInExp", json!({ "usernamePolicy": policy })).await;
    }

    pub(crate) async fn call(&self, operation: &str, body: Value) -> Value {
        self.client().operation(operation).unwrap().json(&body).await.unwrap()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.journal);
    }
}

pub(crate) fn items(users: Vec<ImportedUser>) -> impl Iterator<Item = Item> + Send + 'static {
    users.into_iter().enumerate().map(|(number, user)| Item { location: format!("users.ndjson:{}", number + 1), user })
}

pub(crate) fn named(names: &[&str]) -> Vec<ImportedUser> {
    names.iter().map(|name| record(json!({ "username": name }))).collect()
}

pub(crate) fn record(members: Value) -> ImportedUser {
    logto_admin::serde_json::from_value(members).unwrap()
}
