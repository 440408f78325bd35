//! Amounts with units: one text for each amount, however it is written, so that `35 cl`, `350ml` and `0.35 l` are the same.

/// A unit: what it is called, the unit that stands for all of its kind, and how many thousandths of that one it has.
const UNITS: &[(&[&str], &str, f64)] = &[
    (&["mg"], "g", 0.001),
    (&["g", "gram", "grams", "gramm"], "g", 1.0),
    (&["kg", "kilogram", "kilograms", "kilo"], "g", 1_000.0),
    (&["lb", "lbs", "pound", "pounds"], "lb", 1.0),
    (&["oz", "ounce", "ounces"], "oz", 1.0),
    (&["mm", "millimeter", "millimetre", "millimeters", "millimetres"], "mm", 1.0),
    (&["cm", "centimeter", "centimetre", "centimeters", "centimetres"], "mm", 10.0),
    (&["m", "meter", "metre", "meters", "metres"], "mm", 1_000.0),
    (&["in", "inch", "inches", "zoll"], "in", 1.0),
    (&["ft", "foot", "feet"], "ft", 1.0),
    (&["ml", "millilitre", "milliliter"], "ml", 1.0),
    (&["cl"], "ml", 10.0),
    (&["dl"], "ml", 100.0),
    (&["l", "liter", "litre", "liters", "litres"], "ml", 1_000.0),
    (&["kb"], "mb", 0.001),
    (&["mb", "megabyte", "megabytes"], "mb", 1.0),
    (&["gb", "gigabyte", "gigabytes"], "mb", 1_000.0),
    (&["tb", "terabyte", "terabytes"], "mb", 1_000_000.0),
    (&["hz"], "hz", 1.0),
    (&["khz"], "hz", 1_000.0),
    (&["mhz"], "hz", 1_000_000.0),
    (&["ghz"], "hz", 1_000_000_000.0),
    (&["w", "watt", "watts"], "w", 1.0),
    (&["kw"], "w", 1_000.0),
    (&["v", "volt", "volts"], "v", 1.0),
    (&["mah"], "mah", 1.0),
    (&["ah"], "mah", 1_000.0),
    (&["wh"], "wh", 1.0),
    (&["mp", "megapixel", "megapixels"], "mp", 1.0),
    (&["dpi"], "dpi", 1.0),
];

/// Whether a folded word is a unit.
pub(super) fn is_unit(word: &str) -> bool {
    find(word).is_some()
}

/// The one text of an amount: its number in the unit that stands for its kind.
pub(super) fn amount(number: &str, unit: &str) -> Option<String> {
    let (base, factor) = find(unit)?;
    let value: f64 = number.parse::<f64>().ok()? * factor;
    // Beyond this, the digits of a double are no longer what was written.
    (value.is_finite() && value < 1e15).then(|| {
        let text = format!("{value:.6}");
        format!("{}{base}", text.trim_end_matches('0').trim_end_matches('.'))
    })
}

fn find(word: &str) -> Option<(&'static str, f64)> {
    let found = UNITS.iter().find(|(names, ..)| names.contains(&word));
    found.map(|(_, base, factor)| (*base, *factor))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("35", "cl", Some("350ml"))]
    #[case("0.35", "l", Some("350ml"))]
    #[case("350", "ml", Some("350ml"))]
    #[case("1.5", "kg", Some("1500g"))]
    #[case("1", "tb", Some("1000000mb"))]
    #[case("15.6", "inch", Some("15.6in"))]
    #[case("0.1", "mg", Some("0.0001g"))]
    #[case("5", "mugs", None)]
    #[case("x", "kg", None)]
    fn an_amount_has_one_text(
        #[case] number: &str,
        #[case] unit: &str,
        #[case] text: Option<&str>,
    ) {
        assert_eq!(amount(number, unit).as_deref(), text);
    }
}
