//! The fuzz target `codegen`.

#![cfg_attr(fuzzing, no_main)]

logto_admin_fuzz::target!(codegen);
