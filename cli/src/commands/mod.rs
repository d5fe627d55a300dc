//! The commands, one per file.

pub mod api;
pub mod applications;
pub mod body_options;
pub mod completions;
pub mod configuration;
pub mod doctor;
mod each_user;
pub mod emulator;
pub mod hooks;
mod import_report;
mod import_totals;
pub mod invitations;
mod known_names;
pub mod logs;
mod more_pages;
pub mod operations;
pub mod organizations;
mod path_parameters;
pub mod profile;
mod requested;
pub mod roles;
mod set_value;
pub mod users;
pub mod users_export;
pub mod users_import;
mod users_of_journal;
mod users_undo;
