//! The fuzz target `answers`.

#![no_main]

logto_admin_fuzz::target!(answers);
