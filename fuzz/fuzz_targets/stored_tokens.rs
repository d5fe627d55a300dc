//! The fuzz target `stored_tokens`.

#![no_main]

logto_admin_fuzz::target!(stored_tokens);
