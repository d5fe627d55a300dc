//! The program `logto-admin-emulator`: its arguments, files and signals.

#![cfg(all(unix, feature = "program"))]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::SystemTime;

use logto_admin::models::{
    ApplicationType, CreateApplication, CreateHook, CreateUser, HookConfig, HookEvent, UserAssetServiceStatus,
};
use logto_admin::operation::Release;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::types::Timestamp;
use logto_admin::{Client, Endpoint, Result};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logto-admin-emulator"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn output(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = program(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// A running server. It is killed when dropped.
struct Running {
    process: Child,
    url: String,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut process = program(arguments).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(std::result::Result::ok);
        let url = lines.find_map(|line| line.strip_prefix("export LOGTO_ENDPOINT=").map(str::to_owned));
        Self { process, url: url.unwrap_or_else(|| panic!("the server did not start")) }
    }

    fn client(&self) -> Result<Client> {
        let endpoint = Endpoint::self_hosted(&self.url);
        Client::builder(endpoint).client_credentials("emulator-app", "emulator-secret").build()
    }

    /// Sends a signal, and waits for the end. Returns the exit code and the error output.
    fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let sent = Command::new("kill").args([signal, &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let code = self.process.wait().unwrap().code();
        let mut errors = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        (code, errors)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn ada() -> CreateUser {
    CreateUser { username: Some("ada".into()), ..Default::default() }
}

#[test]
fn help_version_and_usage_errors_have_the_usual_exit_codes() {
    let (code, help, _) = output(&["--help"]);
    assert_eq!(code, Some(0));
    for option in ["--port", "--bind", "--seed", "--state", "--random-seed", "--release", "--version"] {
        assert!(help.contains(option), "{option}");
    }
    assert_eq!(output(&["--version"]).1, format!("logto-admin-emulator {}\n", env!("CARGO_PKG_VERSION")));
    for (wrong, message) in [
        (&["--nope"][..], "'--nope'"),
        (&["99999"], "'99999'"),
        (&["--port", "1", "2"], "cannot be used with"),
        (&["--release", "1.16"], "release 1.16 is not between 1.17 and 1.42"),
        (&["--release", "newest"], "expected `1.N`, such as `1.36`, or `next`"),
    ] {
        let (code, out, errors) = output(wrong);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{wrong:?}");
        assert!(errors.starts_with("error: ") && errors.contains(message), "{errors}");
    }
}

#[tokio::test]
async fn a_restarted_server_continues_with_the_saved_state() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    let state = state.to_str().unwrap();
    let server = Running::start(&["--port", "0", "--state", state]);
    let created = server.client()?.users().create(ada()).await?;
    assert_eq!(server.end("-TERM"), (Some(0), String::new()));

    let server = Running::start(&["0", "--state", state]);
    assert_eq!(server.client()?.users().get(&created.id).await?, created);
    assert_eq!(server.end("-INT"), (Some(0), String::new()));
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["state.json"]);
    Ok(())
}

#[tokio::test]
async fn servers_with_different_random_seeds_have_different_ids_secrets_and_keys() -> Result<()> {
    let mut made = Vec::new();
    for arguments in [&["0"][..], &["0"], &["0", "--random-seed", "1"]] {
        let server = Running::start(arguments);
        let client = server.client()?;
        let user = client.users().create(ada()).await?.id;
        let application =
            client.applications().create(CreateApplication::new("web", ApplicationType::MachineToMachine)).await?.id;
        let secret = client.applications().list_secrets(&application).await?[0].value.clone();
        let key = client.configs().get_oidc_keys("private-keys").await?[0].id.clone();
        made.push([user, application, secret, key]);
        server.end("-TERM");
    }
    assert_eq!(made[0], made[1]);
    assert!(made[0].iter().zip(&made[2]).all(|(one, other)| one != other), "{made:?}");
    Ok(())
}

#[tokio::test]
async fn a_server_has_the_operations_of_its_release_and_its_services() -> Result<()> {
    for (arguments, expected) in [
        (&["0"][..], (Release::new(42), UserAssetServiceStatus::NotConfigured)),
        (&["0", "--release", "1.36", "--service", "storage"], (Release::new(36), UserAssetServiceStatus::Ready)),
    ] {
        let server = Running::start(arguments);
        let client = server.client()?;
        let status = client.user_assets().get_service_status().await?.status;
        assert_eq!((*client.server_release().await?.end(), status), expected);
    }
    Ok(())
}

/// Waits for a request to a server of the test, and returns it.
fn received(listener: &TcpListener) -> String {
    let (mut peer, _) = listener.accept().unwrap();
    let mut request = String::new();
    let mut bytes = [0; 4096];
    while !request.ends_with('}') {
        let read = peer.read(&mut bytes).unwrap();
        request.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
    }
    peer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    request
}

#[tokio::test]
async fn the_program_delivers_signed_webhooks() -> Result<()> {
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Running::start(&["0"]);
    let client = server.client()?;
    let config = HookConfig::new(format!("http://{}/hook", receiver.local_addr().unwrap()));
    let hook = CreateHook { events: Some(vec![HookEvent::UserCreated]), ..CreateHook::new(config) };
    let key = client.hooks().create(hook).await?.signing_key;
    let delivered = std::thread::spawn(move || received(&receiver));
    client.users().create(ada()).await?;
    let delivered = delivered.join().unwrap();
    let (head, body) = delivered.split_once("\r\n\r\n").unwrap();
    let signature = head.lines().find_map(|line| line.strip_prefix("logto-signature-sha-256: ")).unwrap();
    let delivery = logto_admin::webhook::receive(&key, signature, body.as_bytes()).unwrap();
    assert_eq!(delivery.event, HookEvent::UserCreated);
    Ok(())
}

#[tokio::test]
async fn seed_files_are_yaml_or_json() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let yaml = write(
        "seed.yaml",
        "users:\n  - username: ada\n    roles: [editor]\nroles:\n  - {name: editor, description: Edits}\n",
    );
    let json = write("seed.json", r#"{"users": [{"username": "grace"}]}"#);
    for (file, username) in [(yaml, "ada"), (json, "grace")] {
        let server = Running::start(&["0", "--seed", &file]);
        let users = server.client()?.users().list().await?;
        assert_eq!(users[0].username.as_deref(), Some(username));
        server.end("-TERM");
    }
    for (name, text, expected) in [
        ("typo.yaml", "users:\n  - usernme: ada\n", "typo.yaml: users[0].usernme: unknown member"),
        ("broken.yaml", "users: [\n", "broken.yaml: "),
        ("twice.yaml", "roles: []\nusers: []\nroles: []\n", "twice.yaml: duplicate entry with key \"roles\""),
    ] {
        let (code, _, errors) = output(&["0", "--seed", &write(name, text)]);
        assert_eq!(code, Some(1), "{errors}");
        assert!(errors.contains(expected), "{errors}");
    }
    let missing = folder.path().join("missing/seed.yaml");
    assert_eq!(output(&["0", "--seed", missing.to_str().unwrap()]).0, Some(1));
    Ok(())
}

#[test]
fn states_that_cannot_be_restored_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (name, text) in [("empty.json", ""), ("other.json", "{}"), ("text.json", "text")] {
        fs::write(path(name), text).unwrap();
    }
    fs::create_dir(path("folder.json")).unwrap();
    for (name, problem) in [
        ("empty.json", "not a state that the emulator has saved: "),
        ("other.json", "not a state that the emulator has saved: missing field"),
        ("text.json", "not a state that the emulator has saved: expected"),
        ("folder.json", "cannot read or write the state: "),
        ("missing/state.json", "cannot read or write the state: "),
    ] {
        let (code, _, errors) = output(&["0", "--state", &path(name)]);
        assert_eq!(code, Some(1), "{errors}");
        assert!(errors.contains(&format!("{name}: {problem}")), "{errors}");
    }
}

#[tokio::test]
async fn a_seed_that_a_saved_state_replaces_causes_a_warning() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let [seed, state] = ["seed.yaml", "state.json"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    fs::write(&seed, "users:\n  - username: ada\n").unwrap();
    let arguments = ["0", "--seed", &seed, "--state", &state];
    assert_eq!(Running::start(&arguments).end("-TERM"), (Some(0), String::new()));
    let (code, errors) = Running::start(&arguments).end("-TERM");
    assert_eq!(code, Some(0));
    assert!(errors.starts_with("warning: the state file exists"), "{errors}");
    Ok(())
}

#[tokio::test]
async fn a_seed_that_a_saved_state_replaces_is_created_by_a_reset() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let [seed, state] = ["seed.yaml", "state.json"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    let arguments = ["0", "--seed", &seed, "--state", &state];
    let names = async |server: &Running| -> Result<Vec<_>> {
        Ok(server.client()?.users().list().await?.into_iter().filter_map(|user| user.username).collect())
    };
    fs::write(&seed, "users:\n  - username: ada\n").unwrap();
    Running::start(&arguments).end("-TERM");

    fs::write(&seed, "users:\n  - username: grace\n").unwrap();
    let server = Running::start(&arguments);
    assert_eq!(names(&server).await?, ["ada"]);
    let mut peer = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    write!(peer, "POST /emulator/reset HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").unwrap();
    let mut answer = String::new();
    peer.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    assert_eq!(names(&server).await?, ["grace"]);
    Ok(())
}

/// Returns the arguments of the last instruction of this name in the Dockerfile.
fn instruction<'a>(dockerfile: &'a str, name: &str) -> &'a str {
    dockerfile.lines().rev().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).unwrap()
}

/// Runs the program as the container of `compose.yaml` does. The container's files are those of the repository and a folder.
#[tokio::test]
async fn the_container_has_a_seed_and_a_state_that_survives_restarts() -> Result<()> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(source.join(name)).unwrap();
    let (dockerfile, compose) = (read("Dockerfile"), read("compose.yaml"));
    let service = yaml_serde::from_str::<Value>(&compose).unwrap()["services"]["logto"].take();
    assert_eq!(
        (&service["build"]["context"], &service["build"]["dockerfile"]),
        (&json!(".."), &json!("emulator/Dockerfile"))
    );
    assert!(dockerfile.contains("RUN cargo install --locked --path emulator --root /install\n"));
    assert!(
        source.ends_with("emulator")
            && read("Cargo.toml").contains("\ndefault = [\"server\", \"passwords\", \"program\", \"scripts\"]\n")
    );
    let name = Path::new(env!("CARGO_BIN_EXE_logto-admin-emulator")).file_stem().unwrap().to_str().unwrap();
    assert_eq!(instruction(&dockerfile, "COPY"), format!("--from=build /install/bin/{name} /usr/local/bin/"));
    assert!(output(&["--help"]).1.contains(&format!("Defaults to {}", instruction(&dockerfile, "EXPOSE"))));
    assert_eq!(service["ports"], json!(["127.0.0.1:3001:3001"]));
    assert_eq!(
        (&service["volumes"], instruction(&dockerfile, "VOLUME")),
        (&json!(["./seed.yaml:/seed.yaml:ro", "state:/data"]), "/data")
    );

    let folder = tempfile::tempdir().unwrap();
    let entry: Vec<String> = serde_json::from_str(instruction(&dockerfile, "ENTRYPOINT")).unwrap();
    let command: Vec<String> = serde_json::from_value(service["command"].clone()).unwrap();
    assert_eq!(entry[0], name);
    let outside = |argument: &String| match argument.split_once('/') {
        Some(("", path)) if path.starts_with("data/") => folder.path().join(path.trim_start_matches("data/")),
        Some(("", path)) => source.join(path),
        _ => argument.into(),
    };
    let arguments: Vec<_> = entry[1..].iter().chain(&command).map(outside).collect();
    let arguments = arguments.iter().map(|argument| argument.to_str().unwrap());
    let arguments: Vec<&str> = arguments.chain(["--port", "0"]).collect();
    for (user, users) in [("grace", 2), ("alan", 3)] {
        let server = Running::start(&arguments);
        let client =
            Client::builder(Endpoint::self_hosted(&server.url)).client_credentials("my-app", "my-secret").build()?;
        client.users().create(CreateUser { username: Some(user.into()), ..Default::default() }).await?;
        assert_eq!(client.users().list().await?.len(), users, "the first user is that of the seed");
        assert_eq!(server.end("-TERM").0, Some(0));
    }
    Ok(())
}

#[tokio::test]
async fn a_signal_ends_the_process_although_a_digest_is_computed() -> Result<()> {
    let server = Running::start(&["0"]);
    let client = server.client()?;
    let digest = r#"["pbkdf2",["salt","9000000","20","sha512","@"],"00"]"#;
    let user = json!({ "passwordAlgorithm": "Legacy", "passwordDigest": digest });
    let user = client.operation("CreateUser")?.json(&user).await?["id"].as_str().unwrap().to_owned();
    let mut peer = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    let body = r#"{"password":"a"}"#;
    write!(
        peer,
        "POST /api/users/{user}/password/verify HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-type: \
         application/json\r\ncontent-length: {}\r\n\r\n{body}",
        client.access_token().await?.secret(),
        body.len()
    )
    .unwrap();
    // The server has accepted the peer before this request.
    client.users().get(&user).await?;
    assert_eq!(server.end("-TERM"), (Some(0), String::new()));
    Ok(())
}

/// Returns the last message that a mock connector has written.
fn mock_record(folder: &Path, name: &str) -> Value {
    let text = fs::read_to_string(folder.join(name)).unwrap();
    serde_json::from_str(text.strip_suffix('\n').unwrap()).unwrap()
}

/// Sends a test message through a mock connector.
async fn send_test(server: &Running, connector: &str, recipient: (&str, &str)) -> Result<()> {
    let template = json!({ "usageType": "Generic", "type": "text/plain", "subject": "Hi", "content": "{{code}}" });
    let config = if connector == "mock-short-message-service" {
        json!({ "accountSID": "a", "authToken": "b", "fromMessagingServiceSID": "c", "templates": [template] })
    } else {
        json!({ "apiKey": "a", "fromEmail": "b@example.com", "fromName": "c", "templates": [template] })
    };
    let body = json!({ recipient.0: recipient.1, "config": config });
    let call = server.client()?.operation("CreateConnectorTest")?.path("factoryId", connector);
    call.json(&body).await.map(|_: Value| ())
}

#[tokio::test]
async fn mock_connectors_write_the_last_message_to_a_file_like_those_of_the_server() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let records = folder.path().join("logto");
    let server = Running::start(&["0", "--mock-records", records.to_str().unwrap()]);
    let (ada, phone) = (("email", "ada@example.com"), ("phone", "2348012345678"));
    let (usage, payload) = ("Generic", json!({ "code": "000000" }));

    send_test(&server, "mock-email-service", ada).await?;
    let template = json!({ "usageType": usage, "type": "text/plain", "subject": "Hi", "content": "{{code}}" });
    let email = json!({
        "address": ada.1, "code": "000000", "type": usage, "payload": payload,
        "template": template, "subject": "Hi", "content": "000000",
    });
    assert_eq!(mock_record(&records, "mock_email_record.txt"), email);

    send_test(&server, "mock-email-service-alternative", ("email", "eve@example.com")).await?;
    let email = json!({ "address": "eve@example.com", "code": "000000", "type": usage, "payload": payload });
    assert_eq!(mock_record(&records, "mock_email_record.txt"), email);

    send_test(&server, "mock-short-message-service", phone).await?;
    let sms = json!({ "phone": phone.1, "code": "000000", "type": usage, "payload": payload });
    assert_eq!(mock_record(&records, "mock_sms_record.txt"), sms);
    assert_eq!(fs::read_dir(&records).unwrap().count(), 2, "no other files");
    assert_eq!(server.end("-TERM"), (Some(0), String::new()));
    Ok(())
}

#[tokio::test]
async fn a_message_that_cannot_be_written_causes_a_warning() -> Result<()> {
    let file = tempfile::NamedTempFile::new().unwrap();
    let server = Running::start(&["0", "--mock-records", file.path().to_str().unwrap()]);
    send_test(&server, "mock-email-service", ("email", "ada@example.com")).await?;
    let (code, errors) = server.end("-TERM");
    assert_eq!(code, Some(0));
    assert!(errors.starts_with("warning: cannot write a message to "), "{errors}");
    Ok(())
}

#[test]
fn a_public_address_causes_a_warning() {
    let server = Running::start(&["0", "--bind", "0.0.0.0"]);
    assert!(server.url.starts_with("http://127.0.0.1:"), "{}", server.url);
    let (code, errors) = server.end("-TERM");
    assert_eq!(code, Some(0));
    assert!(errors.starts_with("warning: "), "{errors}");
}

#[tokio::test]
async fn the_example_of_a_seed_works() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let seed = folder.join("seed.yaml");
    let text = fs::read_to_string(&seed).unwrap();
    assert!(fs::read_to_string(folder.join("README.md")).unwrap().contains(&text), "the README has the file");
    let server = Running::start(&["0", "--seed", seed.to_str().unwrap()]);
    let endpoint = Endpoint::self_hosted(&server.url);
    let client = Client::builder(endpoint).client_credentials("my-app", "my-secret").build()?;
    assert_eq!(client.users().list().await?.len(), 1);
    Ok(())
}

#[tokio::test]
#[allow(clippy::disallowed_methods, reason = "the program has the clock of the system")]
async fn the_clock_is_that_of_the_system() -> Result<()> {
    let server = Running::start(&["0"]);
    let before = Timestamp::from(SystemTime::now());
    let created = server.client()?.users().create(ada()).await?.created_at;
    assert!(before <= created && created <= Timestamp::from(SystemTime::now()), "{before:?} {created:?}");
    Ok(())
}

/// Returns a code block of the section about sign-ins in the README.
fn sign_in_example(language: &str) -> String {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let (_, section) = readme.split_once("### Sign a user in\n").unwrap();
    let (_, block) = section.split_once(&format!("```{language}\n")).unwrap();
    block.split_once("```\n").unwrap().0.to_owned()
}

#[test]
fn the_example_of_a_sign_in_gets_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.yaml");
    fs::write(&seed, sign_in_example("yaml")).unwrap();
    let server = Running::start(&["0", "--seed", seed.to_str().unwrap()]);
    let script = sign_in_example("sh").replace("http://127.0.0.1:3001", &server.url);
    let run = Command::new("sh").args(["-euc", &script]).current_dir(folder.path()).output().unwrap();
    let printed = String::from_utf8(run.stdout).unwrap();
    let tokens: Value = serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
    assert_eq!(tokens["token_type"], "Bearer", "{printed}");
    assert!(tokens["id_token"].is_string(), "{printed}");
}
