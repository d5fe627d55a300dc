//! The client as a WebAssembly module: one generic request, and what JavaScript needs around it.
//!
//! Everything that takes time (a fetch, a timer, the user's functions) is an operation of the host: the module starts
//! it by number, and the host settles it by calling back. The module polls its tasks within such calls alone, and no
//! code of the user runs inside of one. So a trap is always thrown into the host's own call, which can replace the
//! instance and fail what was under way, and no promise is left behind.

mod calls;
mod clients;
mod host;
mod operations;
mod platform;
mod slab;
mod tasks;

/// A third of the size of the usual one.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
