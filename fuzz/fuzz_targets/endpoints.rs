//! The fuzz target `endpoints`.

#![cfg_attr(fuzzing, no_main)]

logto_admin_fuzz::target!(endpoints);
