//! The fuzz target `unions`.

#![no_main]

logto_admin_fuzz::target!(unions);
