//! The client as a WebAssembly module. It carries out calls, and JavaScript does everything that takes time.
//!
//! A fetch, a timer or a function of the user is a job of the host. The module polls its tasks only when the host starts a
//! call or settles a job, and no code of the user runs meanwhile. A trap is therefore thrown into a call of the host.
//! The host replaces the instance and fails what was in progress, so that no promise stays pending.

mod clients;
mod host;
mod runtime;
mod tasks;
mod tokens;

/// A third of the size of the default allocator.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
