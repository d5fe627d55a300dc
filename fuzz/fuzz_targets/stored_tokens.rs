//! The fuzz target `stored_tokens`.

#![cfg_attr(fuzzing, no_main)]

logto_admin_fuzz::target!(stored_tokens);
