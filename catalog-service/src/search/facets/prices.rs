//! How many prices lie where: counted in fine steps, told in a few ranges with round borders.

use crate::domain::{Currency, Money, PriceCount};

const MICROS: i64 = 1_000_000;

/// How many ranges are told at most.
const MOST: usize = 6;

/// How many steps there are: the last one is above all prices.
const STEPS: usize = 64;

/// Counts by step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prices([u32; STEPS]);

impl Default for Prices {
    fn default() -> Self {
        Self([0; STEPS])
    }
}

/// In which step a price lies, in micro-units, counted from 1; 0 is no price.
pub(in crate::search) fn step(price: Option<i64>) -> u64 {
    price.map_or(0, |price| {
        1 + borders().skip(1).take_while(|border| *border <= price).count() as u64
    })
}

/// The lower borders of the steps: 0, 1, 2, 5, 10, 20, 50 … units.
fn borders() -> impl Iterator<Item = i64> {
    let decades = std::iter::successors(Some(MICROS), |decade| decade.checked_mul(10));
    let borders = decades.flat_map(|decade| [1, 2, 5].map(|factor| decade.checked_mul(factor)));
    std::iter::once(0).chain(borders.map_while(|border| border))
}

impl Prices {
    /// Counts a price by its step.
    pub(super) fn count(&mut self, step: u64) {
        if let Some(count) = usize::try_from(step).ok().and_then(|step| self.0.get_mut(step)) {
            *count += 1;
        }
    }

    /// Adds other counts.
    pub(super) fn add(&mut self, other: &Self) {
        for (count, other) in self.0.iter_mut().zip(&other.0) {
            *count += other;
        }
    }

    /// Ranges with about as many prices in each.
    pub(super) fn ranges(&self, currency: Currency) -> Vec<PriceCount> {
        let counted = borders().zip(&self.0[1..]).filter(|(_, count)| **count > 0);
        let all: u32 = self.0[1..].iter().sum();
        let enough = all.div_ceil(u32::try_from(MOST).unwrap_or(1)).max(1);
        let mut starts: Vec<(i64, u32)> = Vec::new();
        for (border, count) in counted {
            match starts.last_mut() {
                Some((_, sum)) if *sum < enough => *sum += count,
                _ => starts.push((border, *count)),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(prices: &[i64]) -> Vec<(i64, Option<i64>, u32)> {
        let mut counted = Prices::default();
        prices.iter().for_each(|price| counted.count(step(Some(price * MICROS))));
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
    fn every_price_has_a_step() {
        let border = |price| borders().nth(step(Some(price)) as usize - 1);
        assert_eq!(border(i64::MAX), Some(5_000_000_000_000 * MICROS));
        assert_eq!(border(0), Some(0));
        assert_eq!(border(999_999), Some(0));
        assert_eq!(border(2_000_000), Some(2 * MICROS));
        assert_eq!(step(None), 0);
        assert!((step(Some(i64::MAX)) as usize) < STEPS);
    }
}
