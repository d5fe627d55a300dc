//! The fuzz target `retry_after`.

#![no_main]

logto_admin_fuzz::target!(retry_after);
