//! The command that prints the secret of a profile.

use std::io::{self, BufRead, BufReader, IsTerminal, PipeReader, PipeWriter, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};

/// Longest duration of the command. It can ask the user for a password.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);

/// Largest output of the command, in bytes.
const MOST: u64 = 65_536;

/// Time between two looks at whether the command has ended.
const LOOK: Duration = Duration::from_millis(5);

/// Written after the output when the command has ended. Programs that it leaves in the background keep the pipe open.
const END: &[u8] = b"(the secret command has ended)\0";

/// Returns what a command prints, without spaces around it. Ends a command that takes longer than this.
pub(crate) fn output_of(command: &str, longest: Duration) -> Result<String> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut program = Command::new(shell);
    // Data on standard input is for this program.
    let input = if io::stdin().is_terminal() { Stdio::inherit() } else { Stdio::null() };
    program.args([flag, command]).stdin(input).stderr(Stdio::inherit());
    let begun = io::pipe().and_then(|(output, end)| Ok((program.stdout(end.try_clone()?).spawn()?, output, end)));
    let (mut child, output, end) = begun.map_err(|error| failed(&error))?;
    let ended = ended(&mut child, output, end, longest);
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

/// The command is a setting, like the variable of a profile. It might contain a secret itself.
fn failed(why: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("the secret command of the profile failed: {why}"))
}

/// Returns status and output of a child, or none if it takes longer. `end` is an end of the pipe of its output.
fn ended(
    child: &mut Child,
    output: PipeReader,
    mut end: PipeWriter,
    longest: Duration,
) -> io::Result<Option<(ExitStatus, Vec<u8>)>> {
    let until = Instant::now() + longest;
    let (sender, receiver) = mpsc::channel();
    // Nobody waits for it any more if the time is over.
    thread::spawn(move || drop(sender.send(read(output))));
    let mut status = None;
    loop {
        if status.is_none() {
            status = child.try_wait()?;
            if status.is_some() {
                // Fails if the output is too long, which is the result then.
                let _ = end.write_all(END);
            }
        }
        match receiver.recv_timeout(LOOK) {
            Ok(output) => return Ok(status.zip(Some(output?))),
            Err(_) if Instant::now() >= until => return Ok(None),
            Err(_) => {}
        }
    }
}

/// Reads the output up to its end.
fn read(output: PipeReader) -> io::Result<Vec<u8>> {
    let mut output = BufReader::new(output.take(MOST + END.len() as u64));
    let mut bytes = Vec::new();
    while !bytes.ends_with(END) && output.read_until(0, &mut bytes)? > 0 {}
    let output = bytes.strip_suffix(END).map(<[u8]>::to_vec);
    output.ok_or_else(|| io::Error::other(format!("it printed more than {MOST} bytes")))
}

fn stop(child: &mut Child) -> io::Result<()> {
    child.kill()?;
    child.wait().map(|_| ())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::failure::Exit;

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
    fn programs_in_the_background_do_not_delay_the_end() {
        let output = output_of("sleep 1000 & echo $!", Duration::from_secs(30)).unwrap();
        assert!(Command::new("kill").arg(&output).status().unwrap().success(), "{output}");
    }

    #[test]
    fn the_output_of_a_command_is_trimmed_and_its_failure_has_no_command() {
        assert_eq!(output_of("echo; echo ' s3cret '; exec >&-", LONGEST).unwrap(), "s3cret");
        for (command, why) in [
            ("echo s3cret; exit 3", "exit status: 3"),
            ("true", "it printed nothing"),
            ("cat /dev/zero", "it printed more than 65536 bytes"),
        ] {
            let failure = output_of(command, LONGEST).unwrap_err();
            assert_eq!(failure.to_string(), format!("the secret command of the profile failed: {why}"));
            assert_eq!(failure.exit, Exit::Usage, "{command}");
        }
    }
}
