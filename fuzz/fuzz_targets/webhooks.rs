//! The fuzz target `webhooks`.

#![no_main]

logto_admin_fuzz::target!(webhooks);
