//! Saves and restores the state of the emulator as JSON.

use std::io::{self, BufReader, BufWriter, Read, Write};

use logto_admin::serde_json;

use crate::state::State;

pub(crate) fn save(state: &State, writer: impl Write) -> io::Result<()> {
    let mut writer = BufWriter::new(writer);
    serde_json::to_writer(&mut writer, state)?;
    writer.flush()
}

/// Keeps what the builder configures: the release, the services and the kind of clock.
pub(crate) fn restore(state: &mut State, reader: impl Read) -> io::Result<()> {
    let saved: State = serde_json::from_reader(BufReader::new(reader))?;
    let clock = state.clock.at(saved.clock);
    *state = State { clock, release: state.release, services: state.services.clone(), ..saved };
    Ok(())
}
