//! Counts the allocations of one call whose buffers are warm, for all sides, and writes them as rows of a table.

use std::hint::black_box;

use anyhow::Result;
use transcoding::{
    agreed,
    body::Body,
    sides::{Defaults, sides, used},
};

fn main() -> Result<()> {
    for body in Body::aimed() {
        let wire = agreed::wire(&body)?;
        let (mut printing, mut reading) = (Vec::new(), Vec::new());
        for mut side in sides(body.message, Defaults::Omitted)? {
            printing.push(count(|| used(side.to_json(black_box(&wire))))?);
            let json = body.json.as_bytes();
            reading.push(count(|| used(side.to_wire(black_box(json))))?);
        }
        println!("| wire to JSON, {} | {} |", body.what, printing.join(" | "));
        println!("| JSON to wire, {} | {} |", body.what, reading.join(" | "));
    }
    Ok(())
}

fn count(mut call: impl FnMut() -> Result<()>) -> Result<String> {
    call()?;
    let mut answer = Ok(());
    let counted = allocation_counter::measure(|| answer = call());
    answer.map(|()| counted.count_total.to_string())
}
