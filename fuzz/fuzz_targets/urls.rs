//! The fuzz target `urls`.

#![no_main]

logto_admin_fuzz::target!(urls);
