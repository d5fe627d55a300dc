//! The fuzz target `retry_after`.

#![cfg_attr(fuzzing, no_main)]

logto_admin_fuzz::target!(retry_after);
