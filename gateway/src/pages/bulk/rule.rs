//! How a price becomes another: set, or changed by an amount or by per cent, and then rounded as the shop says.
//!
//! All of it in millionths of the currency's unit; never a float. Half a step rounds up.

use proto::catalog::{Price, Shop, shop::PriceRounding};

use crate::pages::{
    fields::Fields,
    price_entry,
    rounding::{self, divided, micros, money, round},
    words,
};

/// The most that a price changes by, in hundredths of a per cent.
const LARGEST_PERCENT: i128 = 100 * 10_000;

/// A rule for the prices of one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) currency: String,
    step: Step,
    rounding: PriceRounding,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// To this amount.
    To(i128),
    /// By this amount.
    By(i128),
    /// By this many hundredths of a per cent.
    Percent(i128),
}

/// Why a price stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stays {
    /// There is none to change, or it is the same.
    Same,
    /// It would be nothing or less.
    TooLow,
}

/// Key and word of what a rule does.
pub(super) const STEPS: [(&str, &str); 3] =
    [("percent", "Change by per cent"), ("amount", "Change by an amount"), ("set", "Set to")];

impl Rule {
    /// Reads a form's rule, for the prices in the shop's currency.
    ///
    /// # Errors
    /// A sentence on what is wrong with the value.
    pub(super) fn of(fields: &Fields, shop: &Shop) -> Result<Self, String> {
        let currency = &shop.default_currency;
        let value = fields.get("value").replace('−', "-");
        let step = match fields.get("rule") {
            "set" => Step::To(amount(&value, currency)?),
            "amount" => Step::By(signed(&value, |bare| amount(bare, currency))?),
            _ => Step::Percent(signed(value.trim_end_matches('%').trim(), percent)?),
        };
        Ok(Self { currency: currency.clone(), step, rounding: rounding::of(shop) })
    }

    /// A variant's prices by this rule; those in other currencies stay. A former price that is not higher any more goes.
    pub(super) fn apply(&self, prices: &[Price]) -> Result<Vec<Price>, Stays> {
        let own = |price: &&Price| {
            price.amount.as_ref().is_some_and(|amount| amount.currency_code == self.currency)
        };
        let before = prices.iter().find(own);
        let old = before.and_then(|price| price.amount.as_ref()).map(micros);
        let new = self.amount(old)?;
        if old == Some(new) {
            return Err(Stays::Same);
        }
        let former = before.and_then(|price| price.compare_at_amount.clone());
        let price = Price {
            amount: Some(money(new, &self.currency)),
            compare_at_amount: former.filter(|former| micros(former) > new),
        };
        let mut after = prices.to_vec();
        match prices.iter().position(|price| own(&price)) {
            Some(index) => after[index] = price,
            None => after.push(price),
        }
        Ok(after)
    }

    fn amount(&self, old: Option<i128>) -> Result<i128, Stays> {
        let changed = match (self.step, old) {
            (Step::To(amount), _) => return Ok(amount),
            (_, None) => return Err(Stays::Same),
            (Step::By(amount), Some(old)) => old + amount,
            (Step::Percent(percent), Some(old)) => old + divided(old * percent, 10_000),
        };
        let rounded = round(changed, self.rounding, &self.currency);
        // What costs something never becomes free by a change.
        if rounded <= 0 { Err(Stays::TooLow) } else { Ok(rounded) }
    }
}

fn amount(entry: &str, currency: &str) -> Result<i128, String> {
    let money = price_entry::parse(entry, currency).map_err(price_entry::Mistake::sentence)?;
    Ok(micros(&money))
}

fn signed(entry: &str, read: impl Fn(&str) -> Result<i128, String>) -> Result<i128, String> {
    match entry.strip_prefix('-') {
        Some(bare) => read(bare.trim()).map(|value| -value),
        None => read(entry.strip_prefix('+').unwrap_or(entry).trim()),
    }
}

/// Per cent with at most two decimals, in hundredths.
fn percent(entry: &str) -> Result<i128, String> {
    let mistake = || words::of("percent-number", &[]);
    let (whole, fraction) = entry.split_once(['.', ',']).unwrap_or((entry, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 6
        || fraction.len() > 2
        || !digits(whole)
        || !digits(fraction)
    {
        return Err(mistake());
    }
    let value: i128 = format!("{whole}{fraction:0<2}").parse().map_err(|_| mistake())?;
    if value > LARGEST_PERCENT { Err(mistake()) } else { Ok(value) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn rule(step: &str, value: &str, ending: &str, currency: &str) -> Result<Rule, String> {
        let mut fields = Fields::default();
        for (name, value) in [("rule", step), ("value", value)] {
            fields.set(name, value.to_owned());
        }
        let rounding = match ending {
            "90" => PriceRounding::Ending90,
            "99" => PriceRounding::Ending99,
            "whole" => PriceRounding::WholeUnit,
            _ => PriceRounding::SmallestUnit,
        };
        let (default_currency, price_rounding) = (currency.to_owned(), rounding.into());
        Rule::of(&fields, &Shop { default_currency, price_rounding, ..Shop::default() })
    }

    fn price(entry: &str, currency: &str) -> Price {
        let amount = price_entry::parse(entry, currency).unwrap();
        Price { amount: Some(amount), compare_at_amount: None }
    }

    #[rstest]
    #[case("set", "9.50", "99", "14.90", "9.50")]
    #[case("set", "0", "coin", "14.90", "0.00")]
    #[case("amount", "-1,40", "coin", "14.90", "13.50")]
    #[case("amount", "+2", "coin", "14.90", "16.90")]
    #[case("percent", "10", "coin", "14.90", "16.39")]
    #[case("percent", "-10 %", "coin", "14.95", "13.46")]
    #[case("percent", "−12,5", "coin", "10.00", "8.75")]
    #[case("percent", "0.5", "coin", "1.00", "1.01")]
    #[case("percent", "10", "90", "14.90", "15.90")]
    #[case("percent", "11", "90", "14.90", "16.90")]
    #[case("percent", "10", "90", "14.00", "15.90")]
    #[case("percent", "-50", "90", "1.00", "0.90")]
    #[case("percent", "10", "99", "14.90", "15.99")]
    #[case("percent", "10", "whole", "14.90", "16.00")]
    #[case("percent", "5", "whole", "10.00", "11.00")]
    fn a_price_becomes_another(
        #[case] step: &str,
        #[case] value: &str,
        #[case] ending: &str,
        #[case] from: &str,
        #[case] to: &str,
    ) {
        let after = rule(step, value, ending, "EUR").unwrap().apply(&[price(from, "EUR")]);
        assert_eq!(after, Ok(vec![price(to, "EUR")]));
    }

    #[rstest]
    #[case("JPY", "1485", "10", "99", "1634")]
    #[case("KWD", "1.005", "10", "coin", "1.106")]
    fn a_currency_has_its_own_smallest_coin(
        #[case] currency: &str,
        #[case] from: &str,
        #[case] value: &str,
        #[case] ending: &str,
        #[case] to: &str,
    ) {
        let after = rule("percent", value, ending, currency).unwrap();
        assert_eq!(after.apply(&[price(from, currency)]), Ok(vec![price(to, currency)]));
    }

    #[test]
    fn other_currencies_stay_and_a_former_price_goes_when_it_is_not_higher() {
        let reduced = Price { compare_at_amount: price("20", "EUR").amount, ..price("15", "EUR") };
        let prices = [price("18", "USD"), reduced];
        let after = rule("percent", "10", "coin", "EUR").unwrap().apply(&prices).unwrap();
        assert_eq!(after[0], prices[0]);
        assert_eq!(after[1].amount, price("16.50", "EUR").amount);
        assert_eq!(after[1].compare_at_amount, price("20", "EUR").amount);
        let after = rule("set", "20", "coin", "EUR").unwrap().apply(&prices).unwrap();
        assert_eq!(after[1].compare_at_amount, None);
    }

    #[rstest]
    #[case("amount", "-14.90", "14.90", Stays::TooLow)]
    #[case("percent", "-100", "14.90", Stays::TooLow)]
    #[case("percent", "0", "14.90", Stays::Same)]
    #[case("set", "14.90", "14.90", Stays::Same)]
    fn some_prices_stay(
        #[case] step: &str,
        #[case] value: &str,
        #[case] from: &str,
        #[case] stays: Stays,
    ) {
        let rule = rule(step, value, "coin", "EUR").unwrap();
        assert_eq!(rule.apply(&[price(from, "EUR")]), Err(stays));
    }

    #[test]
    fn where_there_is_no_price_only_setting_one_makes_one() {
        assert_eq!(rule("percent", "10", "", "EUR").unwrap().apply(&[]), Err(Stays::Same));
        let made = rule("set", "9", "", "EUR").unwrap().apply(&[]);
        assert_eq!(made, Ok(vec![price("9", "EUR")]));
    }

    #[rstest]
    #[case("percent", "")]
    #[case("percent", "ten")]
    #[case("percent", "1.234")]
    #[case("percent", "10001")]
    #[case("percent", "--5")]
    #[case("amount", "")]
    #[case("set", "-5")]
    #[case("set", "1,299")]
    fn a_value_that_says_nothing_clear_is_refused(#[case] step: &str, #[case] value: &str) {
        assert!(rule(step, value, "coin", "EUR").is_err());
    }
}
