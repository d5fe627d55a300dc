//! The program in a terminal: what a person sees, and what a pipe gets.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{Read, Write};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use crate::program::Program;

/// Columns of the terminal.
const WIDTH: usize = 80;

/// Output of the program on the terminal, and its exit code.
#[derive(Debug)]
struct Screen {
    code: i32,
    text: String,
}

impl Screen {
    /// Returns the lines as they are on the screen in the end, without colours.
    fn lines(&self) -> Vec<String> {
        let (mut lines, mut row, mut column) = (vec![Vec::new()], 0, 0);
        let mut text = self.text.chars();
        while let Some(letter) = text.next() {
            match letter {
                '\r' => column = 0,
                '\n' => row += 1,
                '\u{1b}' => {
                    let mut sequence = String::new();
                    while !sequence.ends_with(|letter: char| letter.is_ascii_alphabetic()) {
                        sequence.extend(text.next().filter(|letter| *letter != '['));
                    }
                    let count = sequence.trim_end_matches(char::is_alphabetic).parse().unwrap_or(1);
                    match sequence.chars().last() {
                        Some('A') => row -= count,
                        Some('B') => row += count,
                        Some('K') if sequence == "2K" => lines[row].clear(),
                        Some('K') => lines[row].truncate(column),
                        _ => {}
                    }
                }
                letter => {
                    if column == WIDTH {
                        (row, column) = (row + 1, 0);
                    }
                    lines.resize(lines.len().max(row + 1), Vec::new());
                    let length = lines[row].len().max(column + 1);
                    lines[row].resize(length, ' ');
                    lines[row][column] = letter;
                    column += 1;
                }
            }
            lines.resize(lines.len().max(row + 1), Vec::new());
        }
        lines.into_iter().map(|line| line.into_iter().collect::<String>().trim_end().to_owned()).collect()
    }
}

/// Runs a command in a terminal. When a prompt appears, types what belongs to it.
async fn on_terminal<const N: usize>(command: Command, prompts: [(&'static str, &'static str); N]) -> Screen {
    on_terminal_of(WIDTH as u16, command, prompts).await
}

/// Runs a command in a terminal that reports this width.
async fn on_terminal_of<const N: usize>(
    width: u16,
    mut command: Command,
    prompts: [(&'static str, &'static str); N],
) -> Screen {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    tcsetwinsize(&master, Winsize { ws_row: 24, ws_col: width, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let terminal = File::from(open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap());
    let part = || terminal.try_clone().unwrap();
    command.stdin(part()).stdout(part()).stderr(part()).env("TERM", "xterm-256color");
    let mut child = command.spawn().unwrap();
    // Reading ends when nobody has the terminal open.
    drop((command, terminal));
    let (running, ended) = mpsc::channel::<()>();
    let id = child.id().to_string();
    // A program that waits for ever ends with a failure.
    std::thread::spawn(move || {
        if ended.recv_timeout(Duration::from_secs(60)) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").args(["-KILL", &id]).status();
        }
    });
    let (mut master, mut prompts) = (File::from(master), prompts.into_iter().peekable());
    let run = move || {
        let (mut seen, mut typed, mut bytes) = (Vec::new(), 0, [0; 4096]);
        while let Ok(read @ 1..) = master.read(&mut bytes) {
            seen.extend_from_slice(&bytes[..read]);
            let new = String::from_utf8_lossy(&seen[typed..]).into_owned();
            if let Some((prompt, answer)) = prompts.next_if(|(prompt, _)| new.contains(prompt)) {
                typed = seen.len();
                // The program discards what was typed before it hides the input.
                let is_shown = || tcgetattr(&master).unwrap().local_modes.contains(LocalModes::ECHO);
                let is_hidden = prompt.starts_with("Secret") || prompt.starts_with("Password");
                while is_hidden && is_shown() && child.try_wait().unwrap().is_none() {
                    std::thread::yield_now();
                }
                master.write_all(answer.as_bytes()).unwrap();
                // This is not the terminal of a session, which would send the signal.
                if answer == CTRL_C {
                    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
                    assert!(kill.unwrap().success());
                }
            }
        }
        drop(running);
        let code = child.wait().unwrap().code().unwrap_or(-1);
        Screen { code, text: String::from_utf8(seen).unwrap() }
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

fn many(count: usize) -> String {
    (0..count).map(|number| format!("{{ \"username\": \"user{number}\" }}\n")).collect()
}

const CTRL_C: &str = "\u{3}";
const COLOUR: &str = "\u{1b}[";

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_at_the_terminal() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    let delete = ["users", "delete", "ada"];
    let no = on_terminal(program.command(&delete), [("Delete ada? [y/N] ", "\n")]).await;
    let refused = "error: \"Delete ada?\" was answered with no: nothing was changed\r\n";
    assert!(no.code == 1 && no.text.ends_with(refused), "{no:?}");
    assert_eq!(program.client().users().list().await.unwrap().total, Some(1));
    let yes = on_terminal(program.command(&delete), [("Delete ada? [y/N] ", "y\n")]).await;
    assert!(yes.code == 0 && yes.text.contains("deleted ada"), "{yes:?}");
    assert_eq!(program.client().users().list().await.unwrap().total, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_asked_for_and_not_shown() {
    let program = Program::new().await;
    let mut add = crate::program::bare(&["profile", "add"], &program.folder);
    add.env("HOME", &program.folder);
    let prompts = [
        ("URL of the server", "my-tenant\n"),
        ("Id of the machine", "app\n"),
        ("Secret of the application", "s3cret\n"),
    ];
    let added = on_terminal(add, prompts).await;
    assert!(added.code == 0 && added.text.contains("saved the profile `default`"), "{added:?}");
    assert!(!added.text.contains("s3cret"), "{added:?}");
    assert!(std::fs::read_to_string(program.folder.join("profiles.yaml")).unwrap().contains("s3cret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_scheme_is_refused_before_the_next_question() {
    let program = Program::new().await;
    for (server, hint) in [
        ("localhost:3001\n", "write http://localhost:3001\r\n"),
        ("id.example.com\n", "write https://id.example.com\r\n"),
    ] {
        let add = crate::program::bare(&["profile", "add"], &program.folder);
        let refused = on_terminal(add, [("URL of the server", server)]).await;
        assert!(refused.code == 2 && refused.text.contains("missing scheme"), "{refused:?}");
        assert!(refused.text.ends_with(&format!("hint: {hint}")) && !refused.text.contains("Id of"), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_asked_for_and_not_shown() {
    let program = Program::new().await;
    let create = ["users", "create", "--username", "ada", "--password-stdin"];
    let created = on_terminal(program.command(&create), [("Password of the user", "s3cret-Passw0rd\n")]).await;
    assert!(created.code == 0 && !created.text.contains("s3cret"), "{created:?}");
    let id = program.run(&["users", "get", "ada"]).await.done().json()["id"].as_str().unwrap().to_owned();
    program.client().users().verify_password(&id, "s3cret-Passw0rd").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_has_a_bar_and_a_pipe_has_lines() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", &many(2500));
    let import = ["users", "import", &file, "--dry-run"];
    let drawn = on_terminal(program.command(&import), []).await;
    assert!(drawn.code == 0 && drawn.text.contains("/2500 users, "), "{drawn:?}");
    assert!(!drawn.text.contains("1000 of 2500 users"), "{drawn:?}");
    // The bar is gone in the end.
    assert!(!drawn.lines().iter().any(|line| line.contains("/2500 users")), "{:?}", drawn.lines());
    let piped = program.run(&import).await.done();
    assert!(piped.err.contains("\n1000 of 2500 users\n2000 of 2500 users\n"), "{piped:?}");
    assert!(!piped.err.contains(COLOUR) && !piped.err.contains('\r'), "{piped:?}");
    let quiet = on_terminal(program.command(&[&import[..], &["--quiet"]].concat()), []).await;
    assert!(!quiet.text.contains("/2500 users"), "{quiet:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bar_of_a_resumed_export_counts_the_users_that_are_left() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", &many(300));
    program.run(&["users", "import", &file]).await.done();
    let whole = program.run(&["users", "export"]).await.done().out;
    let begun: String = whole.lines().take(210).map(|line| format!("{line}\n")).collect();
    let file = program.file("export.ndjson", &begun);
    crate::export::begun(&program, &file, "roles");
    let resume = ["users", "export", "--to", &file, "--resume", "--with", "roles"];
    let resumed = on_terminal(program.command(&resume), []).await;
    assert!(resumed.code == 0 && resumed.text.contains("/90 users, "), "{resumed:?}");
    assert!(!resumed.text.contains("/300 users"), "{resumed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_lines_above_the_bar() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "user7"]).await.done();
    let file = program.file("users.ndjson", &many(200));
    let failed = on_terminal(program.command(&["users", "import", &file, "--on-conflict", "fail"]), []).await;
    assert_eq!(failed.code, 4);
    let lines = failed.lines();
    let line = lines.iter().find(|line| line.starts_with("failed: ")).unwrap_or_else(|| panic!("{lines:?}"));
    assert!(line.ends_with("users.ndjson:8: user7: the user exists") || line.contains(":8: user7: "), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_leaves_no_bar_behind() {
    let program = Program::current().await;
    let file = program.file("users.ndjson", &many(3000));
    let ended = on_terminal(program.command(&["users", "import", &file]), [("█", CTRL_C)]).await;
    let lines = ended.lines();
    assert_eq!(ended.code, 4, "{lines:?}");
    assert!(ended.text.contains("^C") && ended.text.contains("/3000 users"), "{lines:?}");
    let expected = "stopping after the calls in progress; press Ctrl-C again to stop immediately";
    assert!(lines.iter().any(|line| line == expected), "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains("/3000 users") || line.contains("^C")), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_has_colours_unless_no_color_is_set() {
    let program = Program::new().await;
    std::fs::create_dir(program.folder.join("config")).unwrap();
    program.file("config/roles.yaml", "- name: staff\n  description: All\n");
    let plan = ["config", "plan", "config"];
    let coloured = on_terminal(program.command(&plan), []).await;
    assert!(coloured.code == 3 && coloured.text.contains("\u{1b}[32m+ "), "{coloured:?}");
    let mut command = program.command(&plan);
    command.env("NO_COLOR", "1");
    let plain = on_terminal(command, []).await;
    assert!(plain.code == 3 && !plain.text.contains(COLOUR), "{plain:?}");
    let piped = program.run(&plan).await;
    assert!(piped.code == 3 && !piped.out.contains(COLOUR), "{piped:?}");
    assert_eq!(plain.text.replace("\r\n", "\n"), piped.err + &piped.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_of_unknown_width_has_all_columns() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    let lines = on_terminal_of(0, program.command(&["users", "list"]), []).await.lines();
    assert!(lines.iter().any(|line| line.starts_with("ID ") && line.contains("CREATED")), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_has_tables_of_its_width() {
    let program = Program::new().await;
    let name = "n".repeat(60);
    program.run(&["users", "create", "--username", "ada", "--name", &name, "--email", "ada@example.com"]).await.done();
    for (command, is_narrow) in [(["users", "list"], false), (["logs", "list"], true), (["roles", "list"], false)] {
        let shown = on_terminal(program.command(&command), []).await;
        let lines = shown.lines();
        assert!(shown.code == 0 && lines.len() > 2, "{shown:?}");
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{shown:?}");
        assert_eq!(lines.iter().any(|line| line.starts_with("note: the terminal is too narrow for: ")), is_narrow);
    }
    // The mark of suspended users fits, too.
    program.run(&["users", "create", "--username", &"u".repeat(15), "--phone", "+49151123456"]).await.done();
    program.run(&["users", "suspend", "ada"]).await.done();
    let lines = on_terminal(program.command(&["users", "list"]), []).await.lines();
    assert!(lines.iter().all(|line| line.chars().count() <= WIDTH) && lines.iter().any(|line| line.contains(" yes")));
    assert!(lines.contains(&"note: the terminal is too narrow for: created".to_owned()), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn summaries_are_below_their_rows_on_a_narrow_terminal() {
    let program = Program::new().await;
    for command in [&["operations", "password"][..], &["operations", "show", "CreateUser"]] {
        let lines = on_terminal(program.command(command), []).await.lines();
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{lines:#?}");
        // Cells of several lines are further to the right.
        let mut below = lines.iter().filter_map(|line| line.strip_prefix("  ")).filter(|text| !text.starts_with(' '));
        assert!(below.any(|text| text.len() > WIDTH / 2), "{lines:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raw_body_ends_its_line_on_a_terminal_only() {
    let program = Program::new().await;
    let call = ["api", "GET", "/api/users/nobody", "--raw"];
    let shown = on_terminal(program.command(&call), []).await;
    assert!(shown.text.contains("}\r\nerror: the server responded with status 404"), "{shown:?}");
    assert!(program.run(&call).await.out.ends_with('}'));
}
