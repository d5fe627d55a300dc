//! Files that survive a crash, and files that only the user can read.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};
use tempfile::NamedTempFile;

/// Returns the parser of a path to write to. A hyphen is a standard stream elsewhere, so it would be a surprising name.
pub(crate) fn path_to_write() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| match path == Path::new("-") {
        true => Err("standard streams cannot be used here; write `./-` for a path of that name"),
        false => Ok(path),
    })
}

/// Lets only the user read a file that is created.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Whether other users of the machine can read a file.
#[cfg(unix)]
pub(crate) fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o044 != 0)
}

/// Whether other users of the machine can read a file. Windows has no modes.
#[cfg(not(unix))]
pub(crate) fn is_open(_: &Path) -> bool {
    false
}

/// Lets only the user read a file that exists.
#[cfg(unix)]
pub(crate) fn make_private(file: &File) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

/// Lets only the user read a file that exists. Windows has no modes.
#[cfg(not(unix))]
pub(crate) fn make_private(_: &File) -> io::Result<()> {
    Ok(())
}

/// Most MiB that are read at once.
const MOST: u64 = 64;

/// Reads everything, up to 64 MiB. Devices such as `/dev/zero` have no end.
pub(crate) fn whole(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take((MOST << 20) + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST << 20 {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {MOST} MiB")));
    }
    Ok(bytes)
}

/// Reads text, like [`whole`], without a byte order mark.
pub(crate) fn whole_text(reader: impl Read) -> io::Result<String> {
    let text = String::from_utf8(whole(reader)?);
    text.map(without_mark).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))
}

/// Returns the text of a file, like [`whole_text`].
pub(crate) fn text(path: &Path) -> io::Result<String> {
    whole_text(File::open(path)?)
}

/// Returns the text of a regular file, like [`text`]. Pipes and devices are errors: they might have no end, or no writer.
pub(crate) fn regular_text(path: &Path) -> io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    text(path)
}

/// Removes a byte order mark. Editors of Windows begin files with it.
fn without_mark(mut text: String) -> String {
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    text
}

/// Returns the path of a file in the same folder, whose name has this at its end.
pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(end);
    path.with_file_name(name)
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

/// Returns a path that is the same for all names of a file. The file might not exist yet.
pub(crate) fn canonical(path: &Path) -> PathBuf {
    let in_folder = || Some(fs::canonicalize(folder(path)).ok()?.join(path.file_name()?));
    fs::canonicalize(path).ok().or_else(in_folder).unwrap_or_else(|| path.to_owned())
}

/// Whether two canonical paths are the same file, also through a hard link.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    if one == other {
        return true;
    }
    #[cfg(unix)]
    if let (Ok(one), Ok(other)) = (fs::metadata(one), fs::metadata(other)) {
        use std::os::unix::fs::MetadataExt;
        return (one.dev(), one.ino()) == (other.dev(), other.ino());
    }
    false
}

/// Creates the file `NAME.new` beside a file. Only the user can read it, and it vanishes if it is dropped. It is locked until
/// then, so one without a lock was left by a program that was killed, and is replaced.
///
/// Write to it through [`File::try_clone`]: another handle might not get past the lock.
pub(crate) fn replacement(path: &Path) -> io::Result<NamedTempFile> {
    let new = beside(path, ".new");
    let is_locked = |file: &File| matches!(file.try_lock(), Err(TryLockError::WouldBlock));
    let busy = || io::Error::new(io::ErrorKind::ResourceBusy, format!("another program writes {}", new.display()));
    // Its lock is kept until the new file has one: others that start meanwhile must not remove the new file.
    let left = File::open(&new).ok();
    if let Some(left) = &left {
        if is_locked(left) {
            return Err(busy());
        }
        fs::remove_file(&new)?;
    }
    let name = new.file_name().unwrap_or_default();
    let file = tempfile::Builder::new().prefix(name).rand_bytes(0).tempfile_in(folder(path))?;
    if is_locked(file.as_file()) { Err(busy()) } else { Ok(file) }
}

/// Writes a file so that it is never half written. This also holds if several programs write it. If it is private, only
/// the user can read it. A link stays one: its target is written.
pub(crate) fn replace(path: &Path, text: &str, is_private: bool) -> io::Result<()> {
    let path = followed(path);
    let mut new = tempfile::Builder::new();
    #[cfg(unix)]
    if !is_private {
        // Less what the user's mask removes.
        new.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    let mut new = new.tempfile_in(folder(&path))?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(path)?;
    Ok(())
}

/// Returns the target of a link, which might not exist, or the path itself.
pub(crate) fn followed(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // More links than these are a circle, which cannot be opened.
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(target) => path = path.with_file_name("").join(target),
            Err(_) => break,
        }
    }
    path
}

/// Waits until no other program holds the lock of a file. Holds it until the result is dropped. The lock is a file of
/// its own: `replace` makes a new file.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    let lock = private(options.write(true).create(true).truncate(false)).open(beside(&followed(path), ".lock"))?;
    lock.lock()?;
    Ok(lock)
}

/// Reads the records of a file, and cuts an incomplete one at its end. A crash can leave such a record. The file
/// continues there. Returns the length of the complete records.
pub(crate) fn resume(
    file: &mut File,
    start: &str,
    is_whole: impl Fn(&[u8]) -> bool,
    take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<u64> {
    let complete = records(file, start, is_whole, take)?;
    continue_at(file, complete)
}

/// Cuts a file at this length, and continues there.
pub(crate) fn continue_at(file: &mut File, length: u64) -> io::Result<u64> {
    file.set_len(length)?;
    file.seek(SeekFrom::End(0))
}

/// Reads the complete records of a file, and returns their length. A record consists of lines, until `is_whole`. A file
/// without a complete record could be anything, so that is an error unless it begins with `start`.
pub(crate) fn records(
    file: &File,
    start: &str,
    is_whole: impl Fn(&[u8]) -> bool,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<u64> {
    let (mut complete, mut record) = (0, Vec::new());
    let mut reader = BufReader::new(file);
    while reader.read_until(b'\n', &mut record)? > 0 && record.last() == Some(&b'\n') {
        if is_whole(&record) {
            take(&record)?;
            complete += record.len() as u64;
            record.clear();
        }
    }
    let begins = record.starts_with(start.as_bytes()) || start.as_bytes().starts_with(&record);
    if complete == 0 && !begins {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the content differs"));
    }
    Ok(complete)
}
