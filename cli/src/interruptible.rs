//! Output whose reader can stand still. An interrupt ends the wait for it.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use crate::interrupt::Interrupt;

/// Time after which the reader of a program stands still.
const PATIENCE: Duration = Duration::from_secs(2);

/// Writes to a pipe or a terminal. After an interrupt, a reader that stands still is an error. A write cannot be ended, so
/// it is made on a thread of its own, which is left behind.
pub(crate) struct InterruptibleWriter {
    parts: SyncSender<Vec<u8>>,
    written: Receiver<io::Result<()>>,
    interrupt: Interrupt,
    /// Time after which the reader stands still.
    patience: Duration,
    is_given_up: bool,
}

impl InterruptibleWriter {
    pub(crate) fn new(mut out: impl Write + Send + 'static, interrupt: &Interrupt) -> Self {
        let (parts, to_write) = sync_channel::<Vec<u8>>(1);
        let (done, written) = sync_channel(1);
        thread::spawn(move || {
            for part in to_write {
                let result = out.write_all(&part).and_then(|()| out.flush());
                if done.send(result).is_err() {
                    break;
                }
            }
        });
        Self { parts, written, interrupt: interrupt.clone(), patience: PATIENCE, is_given_up: false }
    }
}

impl Write for InterruptibleWriter {
    /// Returns when everything is written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let ended = || io::Error::other("the thread that writes has ended");
        if !self.is_given_up {
            self.parts.send(bytes.to_vec()).map_err(|_| ended())?;
        }
        while !self.is_given_up {
            match self.written.recv_timeout(self.patience) {
                Ok(result) => return result.map(|()| bytes.len()),
                Err(RecvTimeoutError::Disconnected) => return Err(ended()),
                Err(RecvTimeoutError::Timeout) => self.is_given_up = self.interrupt.is_set(),
            }
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, "the reader of the output has stopped reading"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes what a test receives, and waits until it does.
    struct Pipe(SyncSender<Vec<u8>>);

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_interrupt_ends_the_wait_for_a_reader_that_stands_still() {
        let (pipe, reader) = sync_channel(1);
        let interrupt = Interrupt::default();
        let mut writer = InterruptibleWriter::new(Pipe(pipe), &interrupt);
        writer.write_all(b"one").unwrap();
        interrupt.set();
        writer.patience = Duration::ZERO;
        // The pipe is full.
        for _ in 0..2 {
            let error = writer.write_all(b"two").unwrap_err();
            assert_eq!(error.to_string(), "the reader of the output has stopped reading");
        }
        assert_eq!(reader.iter().take(2).collect::<Vec<_>>(), [b"one", b"two"]);
    }

    #[test]
    fn errors_are_those_of_the_output() {
        let (pipe, reader) = sync_channel(1);
        drop(reader);
        let mut writer = InterruptibleWriter::new(Pipe(pipe), &Interrupt::default());
        assert_eq!(writer.write_all(b"one").unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
