//! Saves and restores the state of the emulator as JSON.

use std::io::{self, BufReader, BufWriter, Read, Write};

use logto_admin::serde_json;
use serde::Deserialize;

use crate::http::nesting::Levels;
use crate::state::State;
use crate::state::outbox::Outbox;

pub(crate) fn save(state: &State, writer: impl Write) -> io::Result<()> {
    let mut writer = BufWriter::new(writer);
    serde_json::to_writer(&mut writer, state)?;
    writer.flush()
}

/// Reads a saved state. It has more levels than the bodies that it comes from.
fn read(reader: impl Read) -> io::Result<State> {
    let mut parser =
        serde_json::Deserializer::from_reader(BufReader::new(Shallow { reader, levels: Levels::default() }));
    parser.disable_recursion_limit();
    let state = State::deserialize(&mut parser)?;
    parser.end()?;
    Ok(state)
}

/// How deep a saved state can be nested. The parser needs memory of the stack for each level.
const DEEPEST: usize = 300;

/// Fails when a JSON text is nested too deep.
struct Shallow<R> {
    reader: R,
    levels: Levels,
}

impl<R: Read> Read for Shallow<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        for byte in buffer.iter().take(length) {
            if self.levels.pass(*byte) > DEEPEST {
                return Err(io::Error::new(io::ErrorKind::InvalidData, format!("more than {DEEPEST} levels")));
            }
        }
        Ok(length)
    }
}

/// Keeps what the builder configures. This is the release, the services, the kind of clock and whether webhooks are
/// delivered.
pub(crate) fn restore(state: &mut State, reader: impl Read) -> io::Result<()> {
    let saved = read(reader)?;
    let clock = state.clock.at(saved.clock);
    let outbox = Outbox { enabled: state.outbox.enabled, ..Outbox::default() };
    *state = State { clock, release: state.release, services: state.services.clone(), outbox, ..saved };
    Ok(())
}
