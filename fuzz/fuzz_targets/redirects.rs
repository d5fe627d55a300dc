//! The fuzz target `redirects`.

#![no_main]

logto_admin_fuzz::target!(redirects);
