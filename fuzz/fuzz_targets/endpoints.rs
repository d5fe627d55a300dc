//! The fuzz target `endpoints`.

#![no_main]

logto_admin_fuzz::target!(endpoints);
