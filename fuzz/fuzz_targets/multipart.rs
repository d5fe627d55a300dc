//! The fuzz target `multipart`.

#![no_main]

logto_admin_fuzz::target!(multipart);
