//! The fuzz target `answers`.

#![cfg_attr(fuzzing, no_main)]

logto_admin_fuzz::target!(answers);
