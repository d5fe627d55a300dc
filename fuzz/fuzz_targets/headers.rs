//! The fuzz target `headers`.

#![cfg_attr(fuzzing, no_main)]

logto_admin_fuzz::target!(headers);
