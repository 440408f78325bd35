//! That all sides say the same of a body, before anything is measured.

use anyhow::{Context as _, Result, ensure};
use prost_reflect::DynamicMessage;

use crate::{
    body::Body,
    meaning,
    sides::{Defaults, NAMES, descriptor, sides},
};

/// The wire bytes of a body: as prost encodes them, or in the order of its members where they shall not be sorted.
///
/// # Errors
/// One of the sides fails, or differs from the others in what it reads or prints.
pub fn wire(body: &Body) -> Result<Vec<u8>> {
    let descriptor = descriptor(body.message)?;
    let [mut direct, mut typed, _] = sides(body.message, Defaults::Omitted)?;
    let encoder = if body.is_sorted { &mut typed } else { &mut direct };
    let wire = encoder.to_wire(body.json.as_bytes())?.to_vec();
    let meant = DynamicMessage::decode(descriptor.clone(), wire.as_slice())?;
    for defaults in [Defaults::Omitted, Defaults::Printed] {
        let mut printed = Vec::new();
        for (side, name) in sides(body.message, defaults)?.iter_mut().zip(NAMES) {
            let read = side.to_wire(body.json.as_bytes()).with_context(|| name)?;
            let read = DynamicMessage::decode(descriptor.clone(), read)?;
            ensure!(read == meant, "{name} reads another {} than the others", body.what);
            printed.push((name, side.to_json(&wire).with_context(|| name)?.to_vec()));
        }
        for (name, json) in &printed[1..] {
            let same = meaning::ensure_same(&descriptor, &printed[0].1, json);
            same.with_context(|| format!("{name} prints another {}", body.what))?;
        }
    }
    Ok(wire)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_sides_agree_on_every_body() {
        for body in Body::aimed().into_iter().chain(Body::hard()) {
            assert!(!wire(&body).unwrap().is_empty(), "{}", body.what);
        }
    }

    #[test]
    fn fields_from_last_to_first_stay_so_on_the_wire() {
        let (sorted, reversed) = (wire(&Body::item()).unwrap(), wire(&Body::unsorted()).unwrap());
        assert!(
            sorted.len() == reversed.len() && sorted[0] == 1 << 3 | 2 && reversed[0] == 12 << 3 | 2
        );
    }
}
