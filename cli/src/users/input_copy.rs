//! Copies of standard input and of pipes. They can be read only once, and an import reads its records twice.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use super::digest::{Digest, Digested};
use super::input::{self, InputOptions};

/// A line with more bytes is that of an endless input.
const ENDLESS: u64 = 64 * 1024 * 1024;

/// Whether an input can be read only once. Standard input is such an input. So is what exists and is not a file, such
/// as the pipe of `<(command)`.
pub(super) fn is_read_once(file: &str) -> bool {
    file == "-" || fs::metadata(file).is_ok_and(|data| !data.is_file() && !data.is_dir())
}

/// Copies an input to a temporary file.
///
/// # Errors
/// Fails if the input is a device, or has a line without an end.
pub(super) fn copied(file: &str, options: &InputOptions) -> io::Result<(File, Digest)> {
    let path = Path::new(if file == "-" { "/dev/stdin" } else { file });
    if is_device(path) {
        return Err(io::Error::other("it is a device"));
    }
    if file == "-" { copy(io::stdin().lock(), options) } else { copy(File::open(file)?, options) }
}

fn copy(reader: impl Read, options: &InputOptions) -> io::Result<(File, Digest)> {
    let mut copy = Digested { inner: tempfile::tempfile()?, digest: Digest::EMPTY };
    let mut reader = BufReader::new(reader);
    let head = input::head(&mut reader)?;
    copy.write_all(&head)?;
    if input::has_lines(&head, options) {
        io::copy(&mut Lines { reader, length: head.len() as u64 }, &mut copy)?;
    } else {
        io::copy(&mut reader, &mut copy)?;
    }
    Ok((copy.inner, copy.digest))
}

/// Reads lines, and fails if one seems to have no end.
struct Lines<R> {
    reader: R,
    /// Length of the line so far.
    length: u64,
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        let mut last = buffer.iter().take(count).rev();
        self.length = match last.position(|byte| matches!(byte, b'\n' | b'\r')) {
            Some(after) => after as u64,
            None => self.length + count as u64,
        };
        if self.length > ENDLESS {
            return Err(io::Error::other(format!("it has a line of more than {} MiB", ENDLESS >> 20)));
        }
        Ok(count)
    }
}

/// Whether a path is a device that might have no end, such as `/dev/zero`. A terminal and `/dev/null` have one.
#[cfg(unix)]
fn is_device(path: &Path) -> bool {
    use std::io::IsTerminal;
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let Ok(data) = fs::metadata(path) else { return false };
    let is_null = || fs::metadata("/dev/null").is_ok_and(|null| null.rdev() == data.rdev());
    let is_terminal = || File::open(path).is_ok_and(|file| file.is_terminal());
    data.file_type().is_block_device() || data.file_type().is_char_device() && !is_null() && !is_terminal()
}

/// Whether a path is a device. Windows has no paths of endless devices.
#[cfg(not(unix))]
fn is_device(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a start, and then `letter` a number of times.
    fn long(start: &[u8], letter: u8, count: u64) -> impl Read {
        start.chain(io::repeat(letter).take(count))
    }

    #[test]
    fn a_line_without_an_end_ends_the_copy() {
        let options = InputOptions { container: Some("users"), ..InputOptions::default() };
        for start in ["username\nada\n", "{\"username\":\"ada\"}\n"] {
            let error = copy(long(start.as_bytes(), 0, u64::MAX), &options).err().unwrap();
            assert_eq!(error.to_string(), "it has a line of more than 64 MiB", "{start}");
        }
        // These have no lines, or end them.
        let others: [(&[u8], u8); 3] = [(b"{\"users\":", b' '), (b"\x1f\x8b", 0), (b"username\n", b'\n')];
        for (start, letter) in others {
            let (copied, _) = copy(long(start, letter, ENDLESS + 1), &options).unwrap();
            assert_eq!(copied.metadata().unwrap().len(), start.len() as u64 + ENDLESS + 1, "{start:?}");
        }
    }
}
