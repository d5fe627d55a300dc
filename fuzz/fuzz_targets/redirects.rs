//! The fuzz target `redirects`.

#![cfg_attr(fuzzing, no_main)]

logto_admin_fuzz::target!(redirects);
