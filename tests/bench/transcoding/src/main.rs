//! Measures transcoding alone, and writes the figures as a section of Markdown to standard output. It judges nothing; it fails only
//! where the sides do not agree on what a body means.

#[path = "../../src/aims.rs"]
mod aims;
mod counted;
#[path = "../../src/figures.rs"]
mod figures;
mod race;
mod races;
mod recorded;
mod report;
mod walk;

use anyhow::Result;
use clap::Parser;
use transcoding::{
    agreed,
    body::Body,
    sides::{Defaults, sides},
};

/// Measures transcoding alone
#[derive(Debug, Parser)]
struct CommandLine {
    /// Fewer rounds: a few seconds
    #[arg(long)]
    quick: bool,
    /// Only transcodes a page both ways so often, to be looked at by a profiler
    #[arg(long, value_name = "CALLS")]
    profile: Option<u32>,
}

fn main() -> Result<()> {
    let command_line = CommandLine::parse();
    if let Some(calls) = command_line.profile {
        return profile(calls);
    }
    let rounds = if command_line.quick { 15 } else { 45 };
    let mut aimed = races::aimed()?;
    let mut recorded = recorded::races()?;
    let several = aimed.len();
    aimed.append(&mut recorded);
    race::run(&mut aimed, rounds)?;
    let (aimed, recorded) = aimed.split_at(several);
    report::write(rounds, aimed, recorded, &counted::allocations()?)
}

fn profile(calls: u32) -> Result<()> {
    for body in Body::aimed() {
        let [mut direct, ..] = sides(body.message, Defaults::Omitted)?;
        let wire = agreed::wire(&body)?;
        for _ in 0..calls {
            direct.to_wire(body.json.as_bytes())?;
            direct.to_json(&wire)?;
        }
    }
    Ok(())
}
