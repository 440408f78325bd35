//! How amounts of one currency are printed in one language, worked out once for a page full of them.

use iso_currency::Currency;

use super::{Amount, Locale, NO_BREAK, ROOM, SYMBOL};
use crate::pages::priced::MoneyRef;

/// The amounts of a page: most are in one currency, the shop's.
#[derive(Clone, Debug)]
pub(crate) struct Amounts<'a> {
    locale: &'static Locale,
    usual: Form<'a>,
}

impl<'a> Amounts<'a> {
    /// In a language, most of them in one currency.
    pub(crate) fn of(locale: &'static Locale, usual: &'a str) -> Self {
        Self { locale, usual: Form::of(locale, usual) }
    }

    /// One of them, with its currency.
    pub(crate) fn print(&self, money: MoneyRef<'_>) -> Amount {
        if money.currency == self.usual.code {
            self.usual.print(self.locale, money)
        } else {
            self.locale.money(money)
        }
    }
}

/// What is the same in all amounts of a currency.
#[derive(Clone, Debug)]
pub(super) struct Form<'a> {
    code: &'a str,
    before: String,
    behind: String,
    /// How many decimals there are at least.
    places: usize,
}

impl<'a> Form<'a> {
    pub(super) fn of(locale: &Locale, code: &'a str) -> Self {
        let symbol = locale.symbols.get(code).map_or(code, String::as_str);
        Self {
            code,
            before: before(&locale.prefix, symbol),
            behind: behind(&locale.suffix, symbol),
            places: decimal_places(code),
        }
    }

    pub(super) fn print(&self, locale: &Locale, money: MoneyRef<'_>) -> Amount {
        let mut digits = itoa::Buffer::new();
        let mut text = String::with_capacity(ROOM);
        if money.units < 0 || money.nanos < 0 {
            text.push('-');
        }
        text.push_str(&self.before);
        locale.put_grouped(&mut text, digits.format(money.units.unsigned_abs()));
        let whole = text.len();
        let fraction = fraction(money.nanos, self.places, &mut digits);
        if !fraction.is_empty() {
            text.push_str(&locale.decimal);
        }
        let decimals = text.len()..text.len() + fraction.len();
        text.push_str(fraction);
        text.push_str(&self.behind);
        Amount { text, whole, decimals }
    }
}

/// How many decimal places a currency has (ISO 4217); two for one that is not known.
pub(crate) fn decimal_places(currency: &str) -> usize {
    let known = Currency::from_code(currency).and_then(Currency::exponent);
    known.map_or(2, usize::from)
}

/// The decimals that the currency has, and more where the amount has more.
pub(super) fn fraction(nanos: i32, places: usize, buffer: &mut itoa::Buffer) -> &str {
    // A one in front keeps the zeros that nanos begin with.
    let digits = buffer.format(1_000_000_000 + nanos.unsigned_abs());
    let digits = digits.get(1..).unwrap_or_default();
    let last = digits.bytes().rposition(|digit| digit != b'0');
    let needed = last.map_or(0, |last| last + 1);
    digits.get(..needed.max(places)).unwrap_or(digits)
}

/// What stands before an amount: letters are kept apart from digits.
fn before(prefix: &str, symbol: &str) -> String {
    let Some((start, end)) = prefix.split_once(SYMBOL) else { return prefix.to_owned() };
    let mut text = [start, symbol, end].concat();
    if end.is_empty() && ends_in_letter(symbol.chars().next_back()) {
        text.push(NO_BREAK);
    }
    text
}

/// What stands behind an amount.
fn behind(suffix: &str, symbol: &str) -> String {
    let Some((start, end)) = suffix.split_once(SYMBOL) else { return suffix.to_owned() };
    let mut text = String::with_capacity(ROOM);
    if start.is_empty() && ends_in_letter(symbol.chars().next()) {
        text.push(NO_BREAK);
    }
    text.extend([start, symbol, end]);
    text
}

fn ends_in_letter(end: Option<char>) -> bool {
    end.is_some_and(|end| end.is_alphanumeric() || end == '.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::locale::of;

    #[test]
    fn a_page_prints_amounts_of_any_currency() {
        let amounts = Amounts::of(of("de"), "EUR");
        let print =
            |currency, units, nanos| amounts.print(MoneyRef { currency, units, nanos }).text;
        assert_eq!(print("EUR", 1_289, 900_000_000), "1.289,90\u{a0}€");
        assert_eq!(print("EUR", -14, -5_000_000), "-14,005\u{a0}€");
        assert_eq!(print("JPY", 14, 0), "14\u{a0}¥");
        assert_eq!(print("XXQ", 1, 0), "1,00\u{a0}XXQ");
    }
}
