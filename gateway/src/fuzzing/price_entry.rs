//! Prices as people type them: exactly their digits, and printing them is read back.

use crate::pages::{
    locale::{decimal_places, english, plain_money},
    price_entry::parse,
};

/// The digits of what was read are those of the entry, no more of them than the currency has decimals; printed plainly or for people,
/// they are read as the same amount.
///
/// The first line is the currency, the rest the entry.
///
/// # Panics
/// Where that does not hold.
pub fn price_entry(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Some((currency, entry)) = text.split_once('\n') else { return };
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return;
    }
    let Ok(read) = parse(entry, currency) else { return };
    assert!(read.units >= 0 && (0..1_000_000_000).contains(&read.nanos), "{read:?}");
    let fraction = format!("{:09}", read.nanos);
    let places = decimal_places(currency);
    assert!(fraction[places..].bytes().all(|digit| digit == b'0'), "{read:?}");
    // No arithmetic has touched them: the entry's digits are those of the units, followed by those of the fraction.
    let typed: String = entry.chars().filter(char::is_ascii_digit).collect();
    let has = |kept: usize| {
        let digits = format!("{}{}", read.units, &fraction[..kept]);
        let bare = |digits: &str| digits.trim_start_matches('0').to_owned();
        bare(&digits) == bare(&typed)
    };
    assert!((0..=places).any(has), "{entry} is not {read:?}");
    for printed in [plain_money(&read), english().money(&read).text] {
        assert_eq!(parse(&printed, currency).as_ref(), Ok(&read), "{printed}");
    }
}
