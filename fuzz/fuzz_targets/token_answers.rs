//! The fuzz target `token_answers`.

#![cfg_attr(fuzzing, no_main)]

logto_admin_fuzz::target!(token_answers);
