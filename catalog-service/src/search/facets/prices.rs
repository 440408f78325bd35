//! How many prices lie where: counted in fine steps, told in a few ranges with round borders.

use std::collections::BTreeMap;

use crate::domain::{Currency, Money, PriceCount};

const MICROS: i64 = 1_000_000;

/// How many ranges are told at most.
const MOST: usize = 6;

/// Counts by the lower border of their step.
#[derive(Clone, Debug, Default)]
pub(super) struct Prices {
    counts: BTreeMap<i64, u32>,
}

impl Prices {
    /// Counts a price in micro-units.
    pub(super) fn count(&mut self, price: i64) {
        *self.counts.entry(border(price)).or_default() += 1;
    }

    /// Adds other counts.
    pub(super) fn add(&mut self, other: &Self) {
        for (border, count) in &other.counts {
            *self.counts.entry(*border).or_default() += count;
        }
    }

    /// Ranges with about as many prices in each.
    pub(super) fn ranges(&self, currency: Currency) -> Vec<PriceCount> {
        let all: u32 = self.counts.values().sum();
        let enough = all.div_ceil(u32::try_from(MOST).unwrap_or(1)).max(1);
        let mut starts: Vec<(i64, u32)> = Vec::new();
        for (border, count) in &self.counts {
            match starts.last_mut() {
                Some((_, counted)) if *counted < enough => *counted += count,
                _ => starts.push((*border, *count)),
            }
        }
        let ends = starts.iter().skip(1).map(|(border, _)| Some(*border)).chain([None]);
        let range = |((from, count), below): (&(i64, u32), Option<i64>)| PriceCount {
            from: Money::from_micros(currency, *from),
            below: below.map(|below| Money::from_micros(currency, below)),
            count: *count,
        };
        starts.iter().zip(ends).map(range).collect()
    }
}

/// The greatest of 0, 1, 2, 5, 10, 20, 50 … units that is not above a price.
fn border(price: i64) -> i64 {
    let mut border = 0;
    let mut step = MICROS;
    loop {
        for factor in [1, 2, 5] {
            let Some(next) = step.checked_mul(factor).filter(|next| *next <= price) else {
                return border;
            };
            border = next;
        }
        let Some(next) = step.checked_mul(10) else { return border };
        step = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(prices: &[i64]) -> Vec<(i64, Option<i64>, u32)> {
        let mut counted = Prices::default();
        prices.iter().for_each(|price| counted.count(price * MICROS));
        let ranges = counted.ranges(Currency::EUR);
        let plain =
            |range: &PriceCount| (range.from.units(), range.below.map(Money::units), range.count);
        ranges.iter().map(plain).collect()
    }

    #[test]
    fn ranges_are_few_round_and_hold_every_price_once() {
        assert_eq!(ranges(&[]), []);
        assert_eq!(ranges(&[0, 3, 4, 7]), [(0, Some(2), 1), (2, Some(5), 2), (5, None, 1)]);
        let many: Vec<i64> = (0..1_000).collect();
        let found = ranges(&many);
        assert!(found.len() <= MOST, "{found:?}");
        assert_eq!(found.iter().map(|(_, _, count)| count).sum::<u32>(), 1_000);
        assert!(found.windows(2).all(|pair| pair[0].1 == Some(pair[1].0)), "{found:?}");
    }

    #[test]
    fn the_greatest_price_has_a_range() {
        assert_eq!(border(i64::MAX), 5_000_000_000_000 * MICROS);
        assert_eq!(border(0), 0);
        assert_eq!(border(999_999), 0);
    }
}
