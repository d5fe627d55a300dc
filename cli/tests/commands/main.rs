//! The program against the emulator, as a user runs it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic"
)]
#![allow(clippy::disallowed_methods, reason = "a resumed import compares times of the system clock")]

mod program;

mod answers;
mod api;
mod configuration;
mod connection;
mod emulator;
mod everyday;
mod export;
mod faults;
mod help;
mod import;
mod input;
mod interrupt;
mod layout;
mod organizations;
mod readme;
mod roles;
mod scripted_server;
mod storm;
mod terminal;
mod tls;
mod unclear;
mod unknown_options;
mod unread;
mod yaml;
