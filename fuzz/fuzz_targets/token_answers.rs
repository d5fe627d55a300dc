//! The fuzz target `token_answers`.

#![no_main]

logto_admin_fuzz::target!(token_answers);
