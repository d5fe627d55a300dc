//! The fuzz target `urls`.

#![cfg_attr(fuzzing, no_main)]

logto_admin_fuzz::target!(urls);
