//! `logto-admin emulator`. The tests of `logto-admin-emulator`, which has the same code, cover all options.

#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use logto_admin::models::{UpsertJwtCustomizer, User};
use logto_admin::token::ClientCredentials;
use logto_admin::{Client, Endpoint};

use crate::program::{Program, bare, ended};

/// A running emulator. It is killed when dropped.
struct Running {
    process: Child,
    client: Client,
}

impl Running {
    fn start(arguments: &[&str], folder: &Path) -> Self {
        let mut process = bare(arguments, folder).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut setting = |name: &str| {
            lines.find_map(|line| line.strip_prefix(&format!("export {name}=")).map(str::to_owned)).unwrap()
        };
        let endpoint = Endpoint::self_hosted(setting("LOGTO_ENDPOINT"));
        let builder =
            Client::builder(endpoint).client_credentials(setting("LOGTO_APP_ID"), setting("LOGTO_APP_SECRET"));
        Self { process, client: builder.build().unwrap() }
    }

    async fn users(&self) -> Vec<User> {
        self.client.users().list().await.unwrap().items
    }

    /// Sends SIGTERM. Returns the exit code and the messages.
    fn end(mut self) -> (Option<i32>, String) {
        assert!(Command::new("kill").arg(self.process.id().to_string()).status().unwrap().success());
        let code = self.process.wait().unwrap().code();
        (code, std::io::read_to_string(self.process.stderr.take().unwrap()).unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn the_emulator_starts_with_a_seed_and_continues_with_its_state() {
    let folder = Program::new().await;
    let seed = folder.file("seed.yaml", "users:\n  - username: ada\n");
    let state = folder.path("state.json");
    let seeded = Running::start(&["emulator", "0", "--seed", &seed, "--state", &state], &folder.folder);
    assert_eq!(seeded.users().await[0].username.as_deref(), Some("ada"));
    assert_eq!(seeded.end(), (Some(0), String::new()));
    assert!(fs::exists(&state).unwrap());

    let public = ["emulator", "--port", "0", "--state", &state, "--bind", "0.0.0.0", "--service", "storage"];
    let continued = Running::start(&public, &folder.folder);
    assert_eq!(continued.users().await.len(), 1);
    let (code, messages) = continued.end();
    assert_eq!(code, Some(0));
    assert!(messages.starts_with("warning: anyone who can reach this address"), "{messages}");
}

#[tokio::test]
async fn invalid_options_and_files_are_errors() {
    let folder = Program::new().await;
    let seed = folder.file("seed.yaml", "users:\n  - usernme: ada\n");
    for (arguments, code, message) in [
        (["--release", "1.16"], 2, "release 1.16 is not between 1.17 and 1.42"),
        (["--seed", &seed], 2, "users[0].usernme: unknown member"),
        (["--seed", "nofile"], 2, "nofile: "),
        (["--state", "nofolder/state.json"], 2, "nofolder/state.json: "),
    ] {
        let failed = ended(bare(&[&["emulator"][..], &arguments].concat(), &folder.folder), "").await;
        assert!(failed.code == code && failed.err.starts_with("error: "), "{failed:?}");
        assert!(failed.err.contains(message), "{failed:?}");
    }
}

#[tokio::test]
async fn the_emulator_has_the_options_of_its_own_program() {
    let folder = Program::new().await;
    let help = ended(bare(&["emulator", "--help"], &folder.folder), "").await.done().out;
    let (_, options) = include_str!("../../../emulator/README.md").split_once("| option | meaning |").unwrap();
    let (options, _) = options.split_once("\n\n").unwrap();
    let options = options.lines().filter_map(|line| line.strip_prefix("| `")?.split(['`', ' ']).next());
    let options: Vec<&str> = options.filter(|option| option.starts_with("--")).chain(["--service"]).collect();
    assert!(
        options.len() > 6 && options.iter().all(|option| help.contains(&format!("{option} <"))),
        "{options:?} {help}"
    );
}

#[tokio::test]
async fn the_emulator_runs_scripts() {
    let folder = Program::new().await;
    let running = Running::start(&["emulator", "0"], &folder.folder);
    let denies = UpsertJwtCustomizer::new("const getCustomJwtClaims = async ({ api }) => api.denyAccess('no');");
    running.client.configs().upsert_jwt_customizer("client-credentials", denies).await.unwrap();
    let source = ClientCredentials::new("emulator-app", "emulator-secret");
    let another = Client::builder(running.client.endpoint().clone()).token_source(source).build().unwrap();
    assert_eq!(another.access_token().await.unwrap_err().code(), Some("access_denied"));
}
