//! The fuzz target `webhooks`.

#![cfg_attr(fuzzing, no_main)]

logto_admin_fuzz::target!(webhooks);
