//! Amounts of money: exact, in millionths of the currency's unit. Never a float.

use std::fmt;

use super::Currency;

const MICROS: i64 = 1_000_000;

/// An amount that is not negative, and no finer than its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    currency: Currency,
    micros: i64,
}

/// Why an amount is not a price.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Below zero.
    #[error("an amount must not be negative")]
    Negative,
    /// `units` and `nanos` contradict each other, or `nanos` is a whole unit and more.
    #[error("`nanos` must lie between 0 and 999,999,999")]
    Nanos,
    /// More decimal places than the currency has.
    #[error("{currency} has {decimals} decimal places; round the amount to them")]
    TooFine {
        /// The currency.
        currency: Currency,
        /// How many decimal places it has.
        decimals: u32,
    },
    /// More than nine trillion.
    #[error("an amount must not be above {} units", i64::MAX / MICROS - 1)]
    TooLarge,
}

impl Money {
    /// Takes an amount in the form of `google.type.Money`.
    ///
    /// # Errors
    /// A negative amount, one finer than the currency, or one too large to be kept exactly.
    pub fn from_units(currency: Currency, units: i64, nanos: i32) -> Result<Self, MoneyError> {
        if units < 0 || nanos < 0 {
            return Err(MoneyError::Negative);
        }
        if nanos > 999_999_999 {
            return Err(MoneyError::Nanos);
        }
        let decimals = currency.decimals().min(6);
        if nanos % 10_i32.pow(9 - decimals) != 0 {
            return Err(MoneyError::TooFine { currency, decimals });
        }
        if units >= i64::MAX / MICROS {
            return Err(MoneyError::TooLarge);
        }
        Ok(Self { currency, micros: units * MICROS + i64::from(nanos / 1_000) })
    }

    /// Takes an amount as it was kept.
    pub fn from_micros(currency: Currency, micros: i64) -> Self {
        Self { currency, micros }
    }

    /// In which currency it is.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The amount in millionths of a unit.
    pub fn micros(self) -> i64 {
        self.micros
    }

    /// The whole units of the amount.
    pub fn units(self) -> i64 {
        self.micros / MICROS
    }

    /// The rest of the amount in thousand-millionths of a unit, below one unit.
    pub fn nanos(self) -> i32 {
        i32::try_from(self.micros % MICROS * 1_000).unwrap_or_default()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.currency.decimals().min(6);
        let fraction = self.micros % MICROS / 10_i64.pow(6 - decimals);
        if decimals == 0 {
            write!(f, "{} {}", self.units(), self.currency)
        } else {
            let width = decimals as usize;
            write!(f, "{}.{fraction:0width$} {}", self.units(), self.currency)
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[rstest]
    #[case("EUR", 0, 0, 0, "0.00 EUR")]
    #[case("EUR", 19, 990_000_000, 19_990_000, "19.99 EUR")]
    #[case("JPY", 1_200, 0, 1_200_000_000, "1200 JPY")]
    #[case("KWD", 1, 5_000_000, 1_005_000, "1.005 KWD")]
    #[case("XAU", 0, 1_000, 1, "0.000001 XAU")]
    fn an_amount_is_kept_exactly(
        #[case] code: &str,
        #[case] units: i64,
        #[case] nanos: i32,
        #[case] micros: i64,
        #[case] shown: &str,
    ) {
        let money = Money::from_units(currency(code), units, nanos).unwrap();
        assert_eq!(money.micros(), micros);
        assert_eq!((money.units(), money.nanos()), (units, nanos));
        assert_eq!(money.to_string(), shown);
    }

    #[rstest]
    #[case("EUR", -1, 0, MoneyError::Negative)]
    #[case("EUR", 0, -1, MoneyError::Negative)]
    #[case("EUR", 0, 1_000_000_000, MoneyError::Nanos)]
    #[case("EUR", 0, 1_000_000, MoneyError::TooFine { currency: currency("EUR"), decimals: 2 })]
    #[case("JPY", 0, 500_000_000, MoneyError::TooFine { currency: currency("JPY"), decimals: 0 })]
    #[case("XAU", 0, 100, MoneyError::TooFine { currency: currency("XAU"), decimals: 6 })]
    #[case("EUR", i64::MAX, 0, MoneyError::TooLarge)]
    #[case("EUR", i64::MAX / MICROS, 0, MoneyError::TooLarge)]
    fn an_amount_that_cannot_be_kept_is_refused(
        #[case] code: &str,
        #[case] units: i64,
        #[case] nanos: i32,
        #[case] error: MoneyError,
    ) {
        assert_eq!(Money::from_units(currency(code), units, nanos), Err(error));
    }

    #[test]
    fn the_largest_amount_is_one_below_the_limit() {
        let most = Money::from_units(Currency::EUR, i64::MAX / MICROS - 1, 990_000_000).unwrap();
        assert_eq!(most.units(), i64::MAX / MICROS - 1);
    }
}
