//! The fuzz target `emulator`.

#![cfg_attr(fuzzing, no_main)]

logto_admin_fuzz::target!(emulator);
