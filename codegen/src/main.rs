//! `cargo codegen`.

use std::process::ExitCode;

fn main() -> ExitCode {
    logto_admin_codegen::main()
}
