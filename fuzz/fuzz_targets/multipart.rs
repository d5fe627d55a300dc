//! The fuzz target `multipart`.

#![cfg_attr(fuzzing, no_main)]

logto_admin_fuzz::target!(multipart);
