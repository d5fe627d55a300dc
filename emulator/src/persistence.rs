//! Saves and restores the state of the emulator as JSON.

use std::io::{self, BufReader, BufWriter, Read, Write};

use logto_admin::serde_json;

use crate::state::State;
use crate::webhooks::Outbox;

pub(crate) fn save(state: &State, writer: impl Write) -> io::Result<()> {
    let mut writer = BufWriter::new(writer);
    serde_json::to_writer(&mut writer, state)?;
    writer.flush()
}

/// Keeps what the builder configures: the release, the services, the kind of clock and whether webhooks are delivered.
pub(crate) fn restore(state: &mut State, reader: impl Read) -> io::Result<()> {
    let saved: State = serde_json::from_reader(BufReader::new(reader))?;
    let clock = state.clock.at(saved.clock);
    let outbox = Outbox { enabled: state.outbox.enabled, ..Outbox::default() };
    *state = State { clock, release: state.release, services: state.services.clone(), outbox, ..saved };
    Ok(())
}
