//! The client as a WebAssembly module: it carries out calls, and JavaScript does everything that takes time.
//!
//! A fetch, a timer or a function of the user is an operation of the host. The module starts it by number, and the host
//! settles it by calling back. The module polls its tasks only within such calls, and no code of the user runs inside
//! of them. A trap is therefore thrown into a call of the host, which replaces the instance and fails what was in
//! progress, so that no promise stays pending.

mod attempt;
mod calls;
mod clients;
mod host;
mod operations;
mod runtime;
mod tasks;
mod tokens;

/// A third of the size of the default allocator.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
