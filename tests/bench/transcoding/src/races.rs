//! The races that the targets speak of: both directions of both bodies, with defaults omitted, and printed once more with defaults.

use std::hint::black_box;

use anyhow::Result;
use transcoding::{
    agreed,
    body::Body,
    sides::{Defaults, NAMES, sides, used},
};

use crate::race::Race;

/// The races of both bodies. All sides have agreed on what is raced.
pub(crate) fn aimed() -> Result<Vec<Race<'static>>> {
    let mut races = Vec::new();
    for body in Body::aimed() {
        let wire = agreed::wire(&body)?;
        let bytes = format!("{} of {} bytes", body.what, body.json.len());
        races.push(to_json(format!("wire to JSON, {bytes}"), &body, &wire, Defaults::Omitted)?);
        races.push(to_wire(format!("JSON to wire, {bytes}"), &body)?);
        let what = format!("wire to JSON with defaults, {}", body.what);
        races.push(to_json(what, &body, &wire, Defaults::Printed)?);
    }
    Ok(races)
}

/// All sides print a body.
pub(crate) fn to_json(
    what: String,
    body: &Body,
    wire: &[u8],
    defaults: Defaults,
) -> Result<Race<'static>> {
    let sides = sides(body.message, defaults)?.into_iter().zip(NAMES);
    Ok(sides.fold(Race::new(what), |race, (mut side, name)| {
        let wire = wire.to_vec();
        race.with(name, move || used(side.to_json(black_box(&wire))))
    }))
}

/// All sides read a body.
pub(crate) fn to_wire(what: String, body: &Body) -> Result<Race<'static>> {
    let sides = sides(body.message, Defaults::Omitted)?.into_iter().zip(NAMES);
    Ok(sides.fold(Race::new(what), |race, (mut side, name)| {
        let json = body.json.clone().into_bytes();
        race.with(name, move || used(side.to_wire(black_box(&json))))
    }))
}
