//! What a product costs, read where it stands in an answer: `google.type.Money` and the contract's messages around it, with the text of
//! a currency not copied.

use proto::{
    catalog::{Price, PriceRange},
    google::r#type::Money,
};

use crate::wire::{Fields, Malformed, Value, text};

/// `Money`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MoneyRef<'a> {
    /// By ISO 4217.
    pub(crate) currency: &'a str,
    pub(crate) units: i64,
    /// Of the same sign as the units.
    pub(crate) nanos: i32,
}

/// `Price`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PriceRef<'a> {
    pub(crate) amount: Option<MoneyRef<'a>>,
    pub(crate) compare_at: Option<MoneyRef<'a>>,
}

/// `PriceRange`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RangeRef<'a> {
    pub(crate) lowest: Option<MoneyRef<'a>>,
    pub(crate) highest: Option<MoneyRef<'a>>,
}

impl<'a> MoneyRef<'a> {
    fn read(money: &'a [u8]) -> Result<Self, Malformed> {
        let mut read = Self::default();
        for field in Fields::of(money) {
            match field? {
                (1, Value::Bytes(currency)) => read.currency = text(currency)?,
                (2, Value::Bits(units)) => read.units = units.cast_signed(),
                // A negative number has 64 bits on the wire as well.
                (3, Value::Bits(nanos)) => {
                    read.nanos = nanos.cast_signed().try_into().map_err(|_| Malformed)?;
                }
                _ => {}
            }
        }
        Ok(read)
    }
}

impl<'a> PriceRef<'a> {
    /// Reads a `Price`.
    pub(crate) fn read(price: &'a [u8]) -> Result<Self, Malformed> {
        let [amount, compare_at] = two_amounts(price)?;
        Ok(Self { amount, compare_at })
    }
}

impl<'a> RangeRef<'a> {
    /// Reads a `PriceRange`.
    pub(crate) fn read(range: &'a [u8]) -> Result<Self, Malformed> {
        let [lowest, highest] = two_amounts(range)?;
        Ok(Self { lowest, highest })
    }

    /// Whether there are two prices.
    pub(crate) fn is_wide(&self) -> bool {
        self.highest.is_some_and(|highest| self.lowest != Some(highest))
    }
}

/// Amounts in the fields 1 and 2.
fn two_amounts(message: &[u8]) -> Result<[Option<MoneyRef<'_>>; 2], Malformed> {
    let mut amounts = [None; 2];
    for field in Fields::of(message) {
        match field? {
            (1, Value::Bytes(money)) => amounts[0] = Some(MoneyRef::read(money)?),
            (2, Value::Bytes(money)) => amounts[1] = Some(MoneyRef::read(money)?),
            _ => {}
        }
    }
    Ok(amounts)
}

impl<'a> From<&'a Money> for MoneyRef<'a> {
    fn from(money: &'a Money) -> Self {
        Self { currency: &money.currency_code, units: money.units, nanos: money.nanos }
    }
}

impl<'a> From<&'a Price> for PriceRef<'a> {
    fn from(price: &'a Price) -> Self {
        Self {
            amount: price.amount.as_ref().map(MoneyRef::from),
            compare_at: price.compare_at_amount.as_ref().map(MoneyRef::from),
        }
    }
}

impl<'a> From<&'a PriceRange> for RangeRef<'a> {
    fn from(range: &'a PriceRange) -> Self {
        Self {
            lowest: range.lowest.as_ref().map(MoneyRef::from),
            highest: range.highest.as_ref().map(MoneyRef::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use rstest::rstest;

    use super::*;

    fn money(units: i64, nanos: i32) -> Option<Money> {
        Some(Money { currency_code: "EUR".into(), units, nanos })
    }

    #[rstest]
    #[case::plain(14, 900_000_000)]
    #[case::nothing(0, 0)]
    #[case::negative(-14, -900_000_000)]
    #[case::the_least(i64::MIN, i32::MIN)]
    #[case::the_most(i64::MAX, i32::MAX)]
    fn amounts_are_read_as_the_contract_writes_them(#[case] units: i64, #[case] nanos: i32) {
        let price = Price { amount: money(units, nanos), compare_at_amount: money(1, 0) };
        assert_eq!(PriceRef::read(&price.encode_to_vec()), Ok(PriceRef::from(&price)));
        let range = PriceRange { lowest: None, highest: money(units, nanos) };
        assert_eq!(RangeRef::read(&range.encode_to_vec()), Ok(RangeRef::from(&range)));
    }

    #[test]
    fn a_range_is_wide_between_two_prices() {
        let is_wide = |lowest, highest| RangeRef::from(&PriceRange { lowest, highest }).is_wide();
        assert!(is_wide(money(1, 0), money(1, 1)));
        assert!(!is_wide(money(1, 0), money(1, 0)) && !is_wide(money(1, 0), None));
    }

    #[rstest]
    #[case::cut_short(&[0x0a, 5, b'E'])]
    #[case::no_text(&[0x0a, 3, 0x0a, 1, 0xff])]
    #[case::nanos_beyond_32_bits(&[0x0a, 6, 0x18, 0x80, 0x80, 0x80, 0x80, 0x08])]
    fn what_is_no_amount_is_not_read(#[case] bytes: &[u8]) {
        assert_eq!(PriceRef::read(bytes), Err(Malformed));
    }
}
