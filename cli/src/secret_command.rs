//! The command that prints the secret of a profile.

use std::io::{self, IsTerminal, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};

/// Longest duration of the command. It can ask the user for a password.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);

/// Largest output of the command, in bytes.
const MOST: u64 = 65_536;

/// Time between two looks at a command that has closed its output and has not ended.
const LOOK: Duration = Duration::from_millis(1);

/// Returns what a command prints, without spaces around it. Ends a command that takes longer than this.
pub(crate) fn output_of(command: &str, longest: Duration) -> Result<String> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut program = Command::new(shell);
    // Data on standard input is for this program.
    let input = if io::stdin().is_terminal() { Stdio::inherit() } else { Stdio::null() };
    program.args([flag, command]).stdin(input).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = program.spawn().map_err(|error| failed(&error))?;
    let ended = ended(&mut child, longest);
    if !matches!(ended, Ok(Some(_))) {
        stop(&mut child).map_err(|error| failed(&error))?;
    }
    match ended {
        Ok(Some((status, _))) if !status.success() => Err(failed(&status)),
        Ok(Some((_, output))) => match String::from_utf8_lossy(&output).trim() {
            "" => Err(failed(&"it printed nothing")),
            secret => Ok(secret.to_owned()),
        },
        Ok(None) => {
            let message = format!("it did not end within {} seconds", longest.as_secs());
            Err(failed(&message).with_hint("run the command of the profile by itself: it might wait for an answer"))
        }
        Err(error) => Err(failed(&error)),
    }
}

/// The command itself might contain a secret.
fn failed(why: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("the secret command of the profile failed: {why}"))
}

/// Returns status and output of a child, or none if it takes longer.
fn ended(child: &mut Child, longest: Duration) -> io::Result<Option<(ExitStatus, Vec<u8>)>> {
    let until = Instant::now() + longest;
    let (sender, receiver) = mpsc::channel();
    if let Some(output) = child.stdout.take() {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = output.take(MOST + 1).read_to_end(&mut bytes).map(|_| bytes);
            // Nobody waits for it any more if the time is over.
            let _ = sender.send(read);
        });
    }
    let Ok(output) = receiver.recv_timeout(longest) else { return Ok(None) };
    let output = output?;
    if output.len() as u64 > MOST {
        return Err(io::Error::other(format!("it printed more than {MOST} bytes")));
    }
    loop {
        match child.try_wait()? {
            Some(status) => return Ok(Some((status, output))),
            None if Instant::now() >= until => return Ok(None),
            None => thread::sleep(LOOK),
        }
    }
}

fn stop(child: &mut Child) -> io::Result<()> {
    child.kill()?;
    child.wait().map(|_| ())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_does_not_end_is_ended() {
        // The second one closes its output, which is not the end.
        for (endless, longest) in [("exec sleep 1000", 0), ("exec >&-; exec sleep 1000", 100)] {
            let failure = output_of(endless, Duration::from_millis(longest)).unwrap_err();
            let message = "the secret command of the profile failed: it did not end within 0 seconds";
            assert_eq!(failure.message(), message);
            assert!(failure.hint().is_some_and(|hint| hint.contains("might wait for an answer")));
        }
    }

    #[test]
    fn a_command_has_a_minute() {
        assert_eq!(LONGEST, Duration::from_secs(60));
    }

    #[test]
    fn the_output_of_a_command_is_trimmed_and_its_failure_has_no_command() {
        assert_eq!(output_of("echo; echo ' s3cret '; exec >&-", LONGEST).unwrap(), "s3cret");
        for (command, why) in [
            ("echo s3cret; exit 3", "exit status: 3"),
            ("true", "it printed nothing"),
            ("cat /dev/zero", "it printed more than 65536 bytes"),
        ] {
            let message = output_of(command, LONGEST).unwrap_err().to_string();
            assert_eq!(message, format!("the secret command of the profile failed: {why}"));
        }
    }
}
