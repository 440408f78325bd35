//! Amounts and numbers as the language of the shop prints them; `web/modules/format.js` asks the browser for the same.
//!
//! `web/locales.json` holds how (from the Unicode CLDR, with Latin digits); `web/format-examples.json` tests both sides. Money is
//! never a float.

mod currency;

use std::{collections::HashMap, ops::Range, sync::LazyLock};

use proto::google::r#type::Money;
use serde::Deserialize;

use self::currency::Form;
pub(crate) use self::currency::{Amounts, decimal_places};
use super::priced::MoneyRef;

const NO_BREAK: char = '\u{a0}';
/// Where the symbol of the currency stands.
const SYMBOL: char = '¤';
/// Room for most amounts and numbers.
const ROOM: usize = 24;
/// The last group of a number has three digits everywhere.
const LAST_GROUP: usize = 3;

static LOCALES: LazyLock<HashMap<String, Locale>> = LazyLock::new(read);
static ENGLISH: LazyLock<Locale> = LazyLock::new(Locale::default);

/// How a language, or a country's way with it, prints amounts and numbers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Locale {
    decimal: String,
    group: String,
    /// What stands before an amount and behind it, with [`SYMBOL`] in one of them.
    prefix: String,
    suffix: String,
    /// How many digits each group has but the last: two in India.
    groups_of: usize,
    /// How many digits a number has at least before it is grouped: five in Spanish.
    grouped_from: usize,
    /// By ISO 4217 code, where it is not the code itself.
    symbols: HashMap<String, String>,
    #[serde(skip)]
    tag: String,
}

/// An amount, and where in it the parts of a price label are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    /// All of it: `€14.90`, or `14,90 €`.
    pub(crate) text: String,
    whole: usize,
    decimals: Range<usize>,
}

/// What a locale in the file leaves out is as in English.
impl Default for Locale {
    fn default() -> Self {
        Self {
            decimal: ".".to_owned(),
            group: ",".to_owned(),
            prefix: SYMBOL.to_string(),
            suffix: String::new(),
            groups_of: LAST_GROUP,
            grouped_from: LAST_GROUP + 1,
            symbols: HashMap::new(),
            tag: "en".to_owned(),
        }
    }
}

impl Amount {
    /// What stands large on the label: `€14`, or `14`.
    pub(crate) fn whole(&self) -> &str {
        self.text.get(..self.whole).unwrap_or_default()
    }

    /// What stands small: `90`; empty for a currency without decimals.
    pub(crate) fn fraction(&self) -> &str {
        self.text.get(self.decimals.clone()).unwrap_or_default()
    }

    /// What stands behind: nothing, or ` €`.
    pub(crate) fn after(&self) -> &str {
        self.text.get(self.decimals.end..).unwrap_or_default()
    }

    /// Whether it leaves no room beside it on a card: from a million on.
    pub(crate) fn is_long(&self) -> bool {
        self.text.chars().count() > 11
    }
}

/// How the pages themselves are written.
pub(crate) fn english() -> &'static Locale {
    LOCALES.get("en").unwrap_or(&ENGLISH)
}

/// How a language given by its BCP 47 tag prints: the country's own way, else the language's, else the English one.
pub(crate) fn of(tag: &str) -> &'static Locale {
    let mut wanted = tag;
    loop {
        let same = |locale: &&Locale| locale.tag.eq_ignore_ascii_case(wanted);
        let found = LOCALES.get(wanted).or_else(|| LOCALES.values().find(same));
        match (found, wanted.rsplit_once('-')) {
            (Some(locale), _) => return locale,
            (None, Some((shorter, _))) => wanted = shorter,
            (None, None) => return english(),
        }
    }
}

/// All that people write for a currency, the longest first: its code, and its symbols in all languages.
pub(crate) fn names_of(currency: &str) -> Vec<&str> {
    let mut names = vec![currency];
    names.extend(
        LOCALES
            .values()
            .filter_map(|locale| locale.symbols.get(currency))
            .map(|symbol| bare(symbol)),
    );
    names.sort_unstable_by_key(|name| (std::cmp::Reverse(name.len()), *name));
    names.dedup();
    names
}

impl Locale {
    /// Its tag, where it is not how the pages themselves are written.
    pub(crate) fn other(&self) -> Option<&str> {
        (self.tag != "en").then_some(&self.tag)
    }

    /// An amount of money with its currency.
    pub(crate) fn money<'m>(&self, money: impl Into<MoneyRef<'m>>) -> Amount {
        let money = money.into();
        Form::of(self, money.currency).print(self, money)
    }

    /// A number with its thousands grouped, and no more decimals than it needs.
    pub(crate) fn number(&self, value: f64) -> String {
        let digits = value.abs().to_string();
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        let mut text = String::with_capacity(ROOM);
        if value < 0.0 {
            text.push('-');
        }
        self.put_grouped(&mut text, whole);
        if !fraction.is_empty() {
            text.push_str(&self.decimal);
            text.push_str(fraction);
        }
        text
    }

    fn put_grouped(&self, text: &mut String, digits: &str) {
        if digits.len() < self.grouped_from {
            return text.push_str(digits);
        }
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && self.is_end_of_group(digits.len() - index) {
                text.push_str(&self.group);
            }
            text.push(digit);
        }
    }

    fn is_end_of_group(&self, left: usize) -> bool {
        left.checked_sub(LAST_GROUP).is_some_and(|more| more.is_multiple_of(self.groups_of))
    }
}

/// An amount as it stands in an input: digits and a point, no currency.
pub(crate) fn plain_money(money: &Money) -> String {
    let places = decimal_places(&money.currency_code);
    match currency::fraction(money.nanos, places, &mut itoa::Buffer::new()) {
        "" => money.units.to_string(),
        fraction => format!("{}.{fraction}", money.units),
    }
}

/// A symbol without the marks that hold its direction.
fn bare(symbol: &str) -> &str {
    symbol.trim_matches(|letter: char| matches!(letter, '\u{200e}' | '\u{200f}' | '\u{61c}'))
}

fn read() -> HashMap<String, Locale> {
    let read = serde_json::from_str(include_str!("../../../web/locales.json"));
    let mut locales: HashMap<String, Locale> = read.unwrap_or_default();
    for (tag, locale) in &mut locales {
        locale.tag.clone_from(tag);
    }
    locales
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::Value;

    use super::*;
    use crate::pages::format::tests::{examples, text};

    #[test]
    fn the_file_can_be_read() {
        assert!(LOCALES.len() > 60);
        for locale in LOCALES.values() {
            let places = format!("{}{}", locale.prefix, locale.suffix);
            assert_eq!(places.matches(SYMBOL).count(), 1, "{}", locale.tag);
            assert!(locale.groups_of > 0 && !locale.decimal.is_empty(), "{}", locale.tag);
        }
    }

    #[test]
    fn money_reads_as_in_the_examples() {
        for example in examples("money") {
            let amount = of(text(&example, "locale")).money(&money_of(&example));
            assert_eq!(amount.text, text(&example, "text"));
            assert_eq!(amount.whole(), text(&example, "whole"));
            assert_eq!(amount.fraction(), text(&example, "fraction"));
            assert_eq!(amount.after(), example["after"].as_str().unwrap_or_default(), "{example}");
        }
    }

    fn money_of(example: &Value) -> Money {
        Money {
            currency_code: text(example, "currency").into(),
            units: text(example, "units").parse().unwrap(),
            nanos: i32::try_from(example["nanos"].as_i64().unwrap()).unwrap(),
        }
    }

    #[test]
    fn numbers_read_as_in_the_examples() {
        for example in examples("number").into_iter().chain(examples("catalog-number")) {
            let locale = of(text(&example, "locale"));
            assert_eq!(locale.number(example["value"].as_f64().unwrap()), text(&example, "text"));
        }
    }

    #[rstest]
    #[case("de", "de")]
    #[case("de-at", "de-AT")]
    #[case("de-Latn-AT", "de")]
    #[case("ja-JP", "ja")]
    #[case("zh-Hant-TW", "zh-Hant")]
    #[case("tlh", "en")]
    #[case("", "en")]
    fn a_country_prints_as_its_language_unless_it_has_its_own_way(
        #[case] tag: &str,
        #[case] chosen: &str,
    ) {
        assert_eq!(of(tag).tag, chosen);
    }

    #[test]
    fn a_currency_has_many_names() {
        assert_eq!(names_of("EUR"), ["EUR", "€"]);
        let zloty = names_of("PLN");
        assert!(zloty.contains(&"zł") && zloty.contains(&"PLN"), "{zloty:?}");
    }
}
