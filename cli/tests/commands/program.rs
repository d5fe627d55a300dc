//! Runs the program against an emulator over HTTP.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use logto_admin::Client;
use logto_admin::serde_json::{self, Value};
use logto_admin_emulator::{Emulator, Server};

/// An emulator over HTTP, and a folder for files.
pub(crate) struct Program {
    pub(crate) emulator: Emulator,
    pub(crate) folder: PathBuf,
    server: Server,
}

/// Output and exit code of the program.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Program {
    pub(crate) async fn new() -> Self {
        Self::with(Emulator::new()).await
    }

    /// Creates a program with an emulator on the system clock. A resumed import compares times with this clock.
    pub(crate) async fn current() -> Self {
        let clock = || logto_admin::Timestamp::from(std::time::SystemTime::now());
        Self::with(Emulator::builder().clock(clock).build()).await
    }

    pub(crate) async fn with(emulator: Emulator) -> Self {
        let server = emulator.serve().await.unwrap();
        static FOLDERS: AtomicU32 = AtomicU32::new(0);
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self { emulator, folder, server }
    }

    /// Makes usernames that differ in their case the same.
    pub(crate) async fn ignore_username_case(&self) {
        let letters = r#"{ "lowercase": true, "uppercase": true, "numbers": true, "underscore": true }"#;
        let policy =
            format!(r#"{{ "caseSensitive": false, "minLength": 1, "maxLength": 128, "allowedChars": {letters} }}"#);
        let body = format!(r#"{{ "usernamePolicy": {policy} }}"#);
        self.run(&["api", "UpdateSignInExp", "--body", &body]).await.done();
    }

    /// Stops the server. Another one has its state.
    pub(crate) async fn stop(&mut self) {
        // Dropping a server does not end its connections.
        let other = self.emulator.serve().await.unwrap();
        std::mem::replace(&mut self.server, other).stop().await.unwrap();
    }

    /// Stops the server, and starts it again when somebody has noticed.
    pub(crate) async fn restart(&mut self) {
        let address = self.server.address();
        self.stop().await;
        let gone = tokio::net::TcpListener::bind(address).await.unwrap();
        for _ in 0..5 {
            drop(gone.accept().await.unwrap());
        }
        drop(gone);
        self.server = self.emulator.serve_at(address).await.unwrap();
    }

    pub(crate) fn client(&self) -> Client {
        self.emulator.client().unwrap()
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    /// The program, with the emulator's credentials in its environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(arguments, &self.folder);
        command.env("LOGTO_ENDPOINT", self.url());
        command.env("LOGTO_APP_ID", self.emulator.app_id()).env("LOGTO_APP_SECRET", self.emulator.app_secret());
        command
    }

    /// Returns a command that starts the program by another one. The last arguments of that program are those of this
    /// program.
    pub(crate) fn started_by(&self, starter: &str, own: &[&str], arguments: &[&str]) -> Command {
        let inner = self.command(arguments);
        let mut command = Command::new(starter);
        command.args(own).arg(inner.get_program()).args(inner.get_args()).current_dir(&self.folder).env_clear();
        command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments), "").await
    }

    pub(crate) async fn run_with_input(&self, arguments: &[&str], input: &str) -> Ended {
        ended(self.command(arguments), input).await
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The program without credentials.
pub(crate) fn bare(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logto-admin"));
    command.args(arguments).current_dir(folder).env_clear();
    command.env("LOGTO_CONFIG", folder.join("profiles.yaml")).env("PATH", std::env::var_os("PATH").unwrap());
    command
}

/// Runs a command to its end, without blocking the emulator.
pub(crate) async fn ended(mut command: Command, input: &str) -> Ended {
    let input = input.to_owned();
    let run = move || {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A program that does not read its input closes it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}
