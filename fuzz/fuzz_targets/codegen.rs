//! The fuzz target `codegen`.

#![no_main]

logto_admin_fuzz::target!(codegen);
