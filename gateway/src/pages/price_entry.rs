//! Prices as people type them: `14,90`, `€ 14.9`, `1.299,00`. One that could mean two amounts is refused, never guessed.

use proto::google::r#type::Money;

use super::{
    locale::{decimal_places, names_of},
    words,
};

/// Why an entry is not a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// It is not an amount at all.
    Number,
    /// It has more decimals than the currency.
    Places,
    /// `1,299` is a thousand and more to some, and one and a bit to others.
    Ambiguous,
}

impl Mistake {
    /// What is wrong and what to do.
    pub(crate) fn sentence(self) -> String {
        let code = match self {
            Self::Number => "price-number",
            Self::Places => "price-places",
            Self::Ambiguous => "price-ambiguous",
        };
        words::of(code, &[])
    }
}

/// Reads an entry as an amount of this currency.
pub(crate) fn parse(entry: &str, currency: &str) -> Result<Money, Mistake> {
    let bare = without_currency(entry, currency).ok_or(Mistake::Number)?;
    let places = decimal_places(currency);
    let (whole, fraction) = split(&bare, places)?;
    let units: String = ungrouped(whole).ok_or(Mistake::Number)?;
    if fraction.len() > places {
        return Err(Mistake::Places);
    }
    let units = if units.is_empty() { 0 } else { units.parse().map_err(|_| Mistake::Number)? };
    let nanos = format!("{fraction:0<9}").parse().map_err(|_| Mistake::Number)?;
    Ok(Money { currency_code: currency.to_owned(), units, nanos })
}

/// The digits and separators alone; spaces inside become plain ones.
fn without_currency(entry: &str, currency: &str) -> Option<String> {
    let entry = entry.trim().to_uppercase();
    let named =
        names_of(currency).into_iter().find_map(|name| without(&entry, &name.to_uppercase()));
    let bare = named.unwrap_or(entry);
    let dash = [",-", ".-", ",–", ".–"].iter().find_map(|dash| bare.strip_suffix(dash));
    let bare = dash.unwrap_or(&bare).replace(['\u{a0}', '\u{202f}', '\u{2009}'], " ");
    let known = |letter: char| letter.is_ascii_digit() || ".,' ’".contains(letter);
    (bare.contains(|letter: char| letter.is_ascii_digit()) && bare.chars().all(known))
        .then_some(bare)
}

/// What is left of an entry that has this name of the currency at one end.
fn without(entry: &str, name: &str) -> Option<String> {
    let rest = entry.strip_prefix(name).or_else(|| entry.strip_suffix(name))?;
    Some(rest.trim().to_owned())
}

/// Cuts at the decimal separator, if there is one.
fn split(bare: &str, places: usize) -> Result<(&str, &str), Mistake> {
    let Some(at) = bare.rfind(['.', ',']) else { return Ok((bare, "")) };
    let (whole, rest) = bare.split_at(at);
    let (separator, fraction) = rest.split_at(1);
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Mistake::Number);
    }
    let grouped_before = whole.contains(['.', ',', '\'', '’', ' ']);
    match fraction.len() {
        _ if whole.contains(separator) => Ok((bare, "")),
        3 if grouped_before || places == 3 => Ok((whole, fraction)),
        3 if places == 0 => Ok((bare, "")),
        3 if (1..=3).contains(&whole.len()) && whole != "0" => Err(Mistake::Ambiguous),
        _ => Ok((whole, fraction)),
    }
}

/// The digits of a whole number whose groups, if any, are parted by one separator: of three digits, or in India of two but the last.
fn ungrouped(whole: &str) -> Option<String> {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(separator) = whole.chars().find(|letter| !letter.is_ascii_digit()) else {
        return Some(whole.to_owned());
    };
    let groups: Vec<&str> = whole.split(separator).collect();
    let [first, middle @ .., last] = groups.as_slice() else { return None };
    let of = |size: usize| {
        (1..=size).contains(&first.len()) && middle.iter().all(|group| group.len() == size)
    };
    let fits = last.len() == 3 && (of(3) || of(2)) && groups.iter().all(|group| is_digits(group));
    fits.then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn entries_are_read_as_in_the_examples() {
        let all: Vec<Value> =
            serde_json::from_str(include_str!("../../../web/format-examples.json")).unwrap();
        let entries = all.iter().filter(|one| one["kind"] == "price-entry");
        let mut read = 0;
        for example in entries {
            let currency = example["currency"].as_str().unwrap();
            let answer = parse(example["entry"].as_str().unwrap(), currency);
            let expected = match example["error"].as_str() {
                Some("number") => Err(Mistake::Number),
                Some("places") => Err(Mistake::Places),
                Some("ambiguous") => Err(Mistake::Ambiguous),
                Some(other) => panic!("unknown mistake {other}"),
                None => Ok(Money {
                    currency_code: currency.into(),
                    units: example["units"].as_str().unwrap().parse().unwrap(),
                    nanos: i32::try_from(example["nanos"].as_i64().unwrap()).unwrap(),
                }),
            };
            assert_eq!(answer, expected, "{example}");
            read += 1;
        }
        assert!(read > 20);
    }

    #[test]
    fn what_is_printed_is_read_back() {
        for (currency, units, nanos) in
            [("EUR", 14, 900_000_000), ("JPY", 1480, 0), ("KWD", 3, 125_000_000), ("EUR", 0, 0)]
        {
            let money = Money { currency_code: currency.into(), units, nanos };
            let printed = super::super::locale::plain_money(&money);
            assert_eq!(parse(&printed, currency), Ok(money));
        }
    }

    #[test]
    fn an_amount_beyond_counting_is_not_a_number() {
        assert_eq!(parse("99999999999999999999", "EUR"), Err(Mistake::Number));
    }
}
