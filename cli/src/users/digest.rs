//! Digests that distinguish contents. Stable across runs, not cryptographic.

use std::io::{self, Write};

/// An FNV-1a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digest(u64);

impl Digest {
    /// The digest of no bytes.
    pub(super) const EMPTY: Self = Self(0xcbf2_9ce4_8422_2325);

    /// Returns the digest of the bytes so far and these.
    pub(super) fn with(self, bytes: &[u8]) -> Self {
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        Self(bytes.iter().fold(self.0, step))
    }

    /// Returns 16 hex digits.
    pub(super) fn hex(self) -> String {
        format!("{:016x}", self.0)
    }
}

/// Passes on what is written, and computes its digest.
pub(super) struct Digested<W> {
    pub(super) inner: W,
    pub(super) digest: Digest,
}

impl<W: Write> Write for Digested<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest = self.digest.with(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
