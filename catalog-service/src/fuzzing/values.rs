//! Values of the domain: each prints as what it was read from, and money is a whole number of its smallest part.

use crate::{
    domain::{Currency, Gtin, Money, MoneyError, Sku, Slug},
    encoding::product::{money_from_wire, money_to_wire},
};

/// A slug, a sku and a GTIN are taken exactly where their rules hold, and print as they were.
///
/// An amount that is taken comes back to the last digit, printed, kept and sent; one that is not is refused for what is wrong with it.
///
/// The first line is an amount as `units nanos CODE`, the second a text.
///
/// # Panics
/// Where that does not hold.
pub fn values(input: &[u8]) {
    let Ok(input) = std::str::from_utf8(input) else { return };
    let (amount, text) = input.split_once('\n').unwrap_or((input, input));
    slug(text);
    sku(text);
    gtin(text);
    let mut parts = amount.splitn(3, ' ');
    let mut next = || parts.next().unwrap_or_default();
    if let (Ok(units), Ok(nanos)) = (next().parse(), next().parse())
        && let Ok(currency) = Currency::parse(next())
    {
        money(units, nanos, currency);
    }
}

fn slug(text: &str) {
    let letters = text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    let hyphens = text.starts_with('-') || text.ends_with('-') || text.contains("--");
    let fits = letters && !hyphens && (1..=100).contains(&text.len());
    let parsed = Slug::parse(text);
    assert_eq!(parsed.is_ok(), fits, "{text}");
    if let Ok(slug) = parsed {
        assert_eq!(slug.to_string(), text);
        assert_eq!(Slug::from_title(text, "product"), slug, "a slug is its own");
    }
    let made = Slug::from_title(text, "product");
    for slug in [made.numbered(2), made.numbered(u32::MAX), made] {
        assert_eq!(Slug::parse(slug.as_str()).as_ref(), Ok(&slug), "{text}");
    }
}

fn sku(text: &str) {
    let visible = |c: char| c == ' ' || !c.is_whitespace() && !c.is_control();
    let spaces = text.starts_with(' ') || text.ends_with(' ') || text.contains("  ");
    let fits = (1..=64).contains(&text.chars().count()) && text.chars().all(visible) && !spaces;
    let parsed = Sku::parse(text);
    assert_eq!(parsed.is_ok(), fits, "{text}");
    if let Ok(sku) = parsed {
        assert_eq!((sku.to_string().as_str(), sku.as_str()), (text, text));
    }
}

fn gtin(text: &str) {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
    let is_right = |digits: &Vec<u32>| {
        // GS1 counts from the right, the check digit once: the sum ends in 0.
        let weight = |place: usize| if place.is_multiple_of(2) { 1 } else { 3 };
        let weighted = digits.iter().rev().enumerate().map(|(place, digit)| digit * weight(place));
        weighted.sum::<u32>().is_multiple_of(10)
    };
    let fits = [8, 12, 13, 14].contains(&text.len()) && digits.as_ref().is_some_and(is_right);
    let parsed = Gtin::parse(text);
    assert_eq!(parsed.is_ok(), fits, "{text}");
    if let Ok(gtin) = parsed {
        assert_eq!((gtin.to_string().as_str(), gtin.as_str()), (text, text));
    }
}

fn money(units: i64, nanos: i32, currency: Currency) {
    // In thousand-millionths, where nothing is rounded.
    let exact = i128::from(units) * 1_000_000_000 + i128::from(nanos);
    let decimals = currency.decimals().min(6);
    let expected = if units < 0 || nanos < 0 {
        Err(MoneyError::Negative)
    } else if nanos > 999_999_999 {
        Err(MoneyError::Nanos)
    } else if exact % 10_i128.pow(9 - decimals) != 0 {
        Err(MoneyError::TooFine { currency, decimals })
    } else if units > i64::MAX / 1_000_000 - 1 {
        Err(MoneyError::TooLarge)
    } else {
        Ok(exact / 1_000)
    };
    let made = Money::from_units(currency, units, nanos);
    assert_eq!(made.clone().map(|money| i128::from(money.micros())), expected);
    let Ok(money) = made else { return };
    assert_eq!((money.units(), money.nanos(), money.currency()), (units, nanos, currency));
    assert_eq!(Money::from_micros(currency, money.micros()), money);
    assert_eq!(money_from_wire(&money_to_wire(money)), Some(money));
    assert_eq!(read(&money.to_string()), Some((exact, currency.code().to_owned())));
}

/// The amount, in thousand-millionths, and the code of `19.99 EUR`.
fn read(printed: &str) -> Option<(i128, String)> {
    let (amount, code) = printed.split_once(' ')?;
    let (units, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let exact = format!("{units}{fraction:0<9}").parse().ok()?;
    Some((exact, code.to_owned()))
}
