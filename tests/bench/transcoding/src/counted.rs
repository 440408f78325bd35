//! How often memory is allocated, as the program beside this one counts it: an allocator that counts would weigh on the times.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// The rows of a table: what, then the allocations of each side.
pub(crate) fn allocations() -> Result<String> {
    let own = std::env::current_exe()?;
    let program = own.with_file_name("allocations");
    let said = Command::new(&program).output();
    let said = said.with_context(|| format!("`{}` does not start", program.display()))?;
    ensure!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    Ok(String::from_utf8(said.stdout)?)
}
