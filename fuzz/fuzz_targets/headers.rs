//! The fuzz target `headers`.

#![no_main]

logto_admin_fuzz::target!(headers);
