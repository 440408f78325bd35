//! To what the shop rounds the prices that are changed: in words, and in millionths of the currency's unit, never as a float.

use proto::{
    catalog::{Shop, shop::PriceRounding},
    google::r#type::Money,
};

use super::{locale, product_list::Choice};

/// Millionths of a unit.
pub(crate) const UNIT: i128 = 1_000_000;

/// All there are, in the order of the contract.
const ALL: [PriceRounding; 7] = [
    PriceRounding::SmallestUnit,
    PriceRounding::FiveSmallestUnits,
    PriceRounding::TenSmallestUnits,
    PriceRounding::WholeUnit,
    PriceRounding::Ending90,
    PriceRounding::Ending95,
    PriceRounding::Ending99,
];

/// What becomes of an amount.
enum Way {
    /// The nearest multiple of this.
    Step(i128),
    /// The nearest whole amount and this much.
    Ending(i128),
}

/// The rounding of a shop; one that was never told rounds to the smallest unit.
pub(crate) fn of(shop: &Shop) -> PriceRounding {
    match shop.price_rounding() {
        PriceRounding::Unspecified => PriceRounding::SmallestUnit,
        given => given,
    }
}

/// A form's choice of one.
pub(crate) fn choices(shop: &Shop) -> Vec<Choice> {
    let current = of(shop);
    let choice = |one: PriceRounding| {
        let word = words(one, shop);
        let word = word[..1].to_uppercase() + &word[1..];
        Choice { value: one.as_str_name().to_owned(), word, current: one == current }
    };
    ALL.into_iter().map(choice).collect()
}

/// How a price is rounded, as it stands behind "is rounded".
pub(crate) fn words(rounding: PriceRounding, shop: &Shop) -> String {
    let (currency, locale) = (&shop.default_currency, locale::of(&shop.default_language));
    let amount = |micros: i128| locale.money(&money(micros, currency)).text;
    match (rounding, way(rounding, currency)) {
        (PriceRounding::WholeUnit, _) => "to a whole amount".to_owned(),
        (PriceRounding::SmallestUnit, Way::Step(step)) => {
            format!("to the smallest unit, {}", amount(step))
        }
        (PriceRounding::Ending90, Way::Step(_)) => "to end in .90, where there are cents".into(),
        (PriceRounding::Ending95, Way::Step(_)) => "to end in .95, where there are cents".into(),
        (PriceRounding::Ending99, Way::Step(_)) => "to end in .99, where there are cents".into(),
        (_, Way::Step(step)) => format!("to {}", amount(step)),
        (_, Way::Ending(ending)) => format!("to end in .{}", ending / 10_000),
    }
}

/// The nearest amount that a price may have; half of a step goes up.
pub(crate) fn round(micros: i128, rounding: PriceRounding, currency: &str) -> i128 {
    match way(rounding, currency) {
        Way::Step(step) => to_step(micros, step),
        Way::Ending(ending) if micros > 0 => to_step(micros - ending, UNIT).max(0) + ending,
        Way::Ending(_) => micros,
    }
}

fn way(rounding: PriceRounding, currency: &str) -> Way {
    let places = u32::try_from(locale::decimal_places(currency)).unwrap_or(2);
    let smallest = (UNIT / 10_i128.pow(places)).max(1);
    let ending = |hundredths: i128| match places {
        0 | 1 => Way::Step(smallest),
        _ => Way::Ending(hundredths * UNIT / 100),
    };
    match rounding {
        PriceRounding::Unspecified | PriceRounding::SmallestUnit => Way::Step(smallest),
        PriceRounding::FiveSmallestUnits => Way::Step(5 * smallest),
        PriceRounding::TenSmallestUnits => Way::Step(10 * smallest),
        PriceRounding::WholeUnit => Way::Step(UNIT),
        PriceRounding::Ending90 => ending(90),
        PriceRounding::Ending95 => ending(95),
        PriceRounding::Ending99 => ending(99),
    }
}

/// An amount of the contract in millionths.
pub(crate) fn micros(money: &Money) -> i128 {
    i128::from(money.units) * UNIT + i128::from(money.nanos / 1_000)
}

/// An amount of the contract.
pub(crate) fn money(micros: i128, currency: &str) -> Money {
    Money {
        currency_code: currency.to_owned(),
        units: i64::try_from(micros / UNIT).unwrap_or(i64::MAX),
        nanos: i32::try_from(micros % UNIT * 1_000).unwrap_or(0),
    }
}

fn to_step(value: i128, step: i128) -> i128 {
    divided(value, step) * step
}

/// The nearest whole quotient; half goes up.
pub(crate) fn divided(value: i128, by: i128) -> i128 {
    (2 * value + by).div_euclid(2 * by)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(PriceRounding::Unspecified, "EUR", 14_904_999, 14_900_000)]
    #[case(PriceRounding::SmallestUnit, "EUR", 14_905_000, 14_910_000)]
    #[case(PriceRounding::SmallestUnit, "KWD", 3_125_500, 3_126_000)]
    #[case(PriceRounding::SmallestUnit, "JPY", 1_480_499_999, 1_480_000_000)]
    #[case(PriceRounding::FiveSmallestUnits, "CHF", 14_925_000, 14_950_000)]
    #[case(PriceRounding::FiveSmallestUnits, "CHF", 14_924_999, 14_900_000)]
    #[case(PriceRounding::FiveSmallestUnits, "JPY", 1_482_000_000, 1_480_000_000)]
    #[case(PriceRounding::TenSmallestUnits, "EUR", 14_950_000, 15_000_000)]
    #[case(PriceRounding::TenSmallestUnits, "JPY", 1_485_000_000, 1_490_000_000)]
    #[case(PriceRounding::WholeUnit, "EUR", 14_499_999, 14_000_000)]
    #[case(PriceRounding::WholeUnit, "EUR", 14_500_000, 15_000_000)]
    #[case(PriceRounding::Ending90, "EUR", 14_400_000, 14_900_000)]
    #[case(PriceRounding::Ending90, "EUR", 14_399_999, 13_900_000)]
    #[case(PriceRounding::Ending95, "EUR", 15_450_000, 15_950_000)]
    #[case(PriceRounding::Ending99, "EUR", 15_489_999, 14_990_000)]
    #[case(PriceRounding::Ending99, "EUR", 10_000, 990_000)]
    #[case(PriceRounding::Ending99, "JPY", 1_480_600_000, 1_481_000_000)]
    #[case(PriceRounding::Ending99, "KWD", 3_125_000, 2_990_000)]
    fn an_amount_becomes_the_nearest_that_the_shop_has(
        #[case] rounding: PriceRounding,
        #[case] currency: &str,
        #[case] from: i128,
        #[case] to: i128,
    ) {
        assert_eq!(round(from, rounding, currency), to);
    }

    #[test]
    fn what_was_rounded_stays() {
        for rounding in ALL {
            for currency in ["EUR", "JPY", "KWD", "CHF"] {
                for micros in (10_000..40_000_000).step_by(77_777) {
                    let once = round(micros, rounding, currency);
                    assert_eq!(round(once, rounding, currency), once, "{rounding:?} {micros}");
                }
            }
        }
    }

    #[test]
    fn the_words_name_the_amount() {
        let priced = |currency: &str| Shop { default_currency: currency.into(), ..Shop::default() };
        let shop = priced("EUR");
        assert_eq!(words(PriceRounding::SmallestUnit, &shop), "to the smallest unit, €0.01");
        assert_eq!(words(PriceRounding::FiveSmallestUnits, &priced("CHF")), "to CHF\u{a0}0.05");
        assert_eq!(words(PriceRounding::Ending99, &shop), "to end in .99");
        let german = Shop { default_language: "de".into(), ..shop.clone() };
        let smallest = words(PriceRounding::SmallestUnit, &german);
        assert_eq!(smallest, "to the smallest unit, 0,01\u{a0}€");
        let choices = choices(&shop);
        assert!(choices[0].current && choices.iter().filter(|choice| choice.current).count() == 1);
        assert_eq!(choices[6].word, "To end in .99");
    }
}
