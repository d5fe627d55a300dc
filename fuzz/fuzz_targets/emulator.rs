//! The fuzz target `emulator`.

#![no_main]

logto_admin_fuzz::target!(emulator);
