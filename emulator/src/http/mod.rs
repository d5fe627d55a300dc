//! The parts of HTTP messages: requests, responses, uploaded files and nested JSON.

pub(crate) mod nesting;
pub(crate) mod page_context;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod sign_in_context;
pub(crate) mod uploads;
pub(crate) mod url_pattern;
