//! The fuzz target `unions`.

#![cfg_attr(fuzzing, no_main)]

logto_admin_fuzz::target!(unions);
