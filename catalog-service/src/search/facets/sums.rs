//! The counts of all segments, and what of them is worth telling.

use std::collections::HashMap;

use super::prices::Prices;
use crate::{
    domain::{
        AttributeCounts, CategoryCount, CategoryId, Choice, Currency, Facets, Total, ValueCount,
    },
    search::{schema::SEPARATOR, tree::Tree},
};

/// How much is told of each kind.
const CATEGORIES: usize = 200;
const BRANDS: usize = 20;
const ATTRIBUTES: usize = 8;
const VALUES: usize = 12;

/// Counts by their words.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub(super) count: u32,
    pub(super) categories: HashMap<String, u32>,
    pub(super) brands: HashMap<String, u32>,
    pub(super) names: HashMap<String, u32>,
    pub(super) values: HashMap<String, u32>,
    pub(super) prices: Prices,
}

impl Sums {
    /// How many products there are.
    pub(super) fn total(&self) -> Total {
        Total { count: self.count.min(Total::MOST), capped: self.count > Total::MOST }
    }

    /// What is told.
    pub(super) fn facets(self, tree: &Tree, currency: Currency, choice: &Choice) -> Facets {
        let attributes = attributes(&self.names, self.values, choice);
        Facets {
            categories: categories(self.categories, tree),
            brands: values(self.brands, BRANDS, |brand| choice.brands.contains(brand)),
            prices: self.prices.ranges(currency),
            attributes,
        }
    }
}

fn categories(counts: HashMap<String, u32>, tree: &Tree) -> Vec<CategoryCount> {
    let known = counts.into_iter().filter_map(|(id, count)| {
        let id = CategoryId::parse(&id).ok()?;
        let title = tree.title(&id)?.to_owned();
        Some(CategoryCount { parent: tree.parent(&id).cloned(), id, title, count })
    });
    let mut known: Vec<_> = known.collect();
    known.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.title.cmp(&b.title)));
    // A category has at least as many as those below it, so that none is told without the one above.
    known.truncate(CATEGORIES);
    known
}

/// The most frequent values, and those that were chosen however many they are.
fn values(
    counts: HashMap<String, u32>,
    most: usize,
    is_chosen: impl Fn(&String) -> bool,
) -> Vec<ValueCount> {
    let counted = counts.into_iter().map(|(value, count)| ValueCount { value, count });
    let mut counted: Vec<_> = counted.collect();
    counted.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    let mut place = 0;
    counted.retain(|value| {
        place += 1;
        place <= most || is_chosen(&value.value)
    });
    counted
}

fn attributes(
    names: &HashMap<String, u32>,
    counts: HashMap<String, u32>,
    choice: &Choice,
) -> Vec<AttributeCounts> {
    let is_chosen = |name: &str| choice.attributes.iter().any(|(chosen, _)| chosen == name);
    let mut told: HashMap<String, HashMap<String, u32>> = HashMap::new();
    let counted =
        names.iter().map(|(value, count)| ValueCount { value: value.clone(), count: *count });
    let mut ordered: Vec<_> = counted.collect();
    ordered.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    let frequent = ordered.iter().take(ATTRIBUTES).map(|name| &name.value);
    let chosen = choice.attributes.iter().map(|(name, _)| name);
    for name in frequent.chain(chosen) {
        told.insert(name.clone(), HashMap::new());
    }
    for (pair, count) in counts {
        let Some((name, value)) = pair.split_once(SEPARATOR) else { continue };
        if let Some(values) = told.get_mut(name) {
            values.insert(value.to_owned(), count);
        }
    }
    let mut attributes: Vec<_> = told
        .into_iter()
        .map(|(name, counts)| {
            let is_own = |value: &String| {
                choice.attributes.iter().any(|(chosen, own)| *chosen == name && own == value)
            };
            let values = values(counts, VALUES, is_own);
            AttributeCounts { name, values }
        })
        .filter(|attribute| !attribute.values.is_empty())
        .collect();
    let frequency = |name: &str| names.get(name).copied().unwrap_or_default();
    attributes.sort_by(|a, b| {
        (is_chosen(&b.name), frequency(&b.name), &a.name).cmp(&(
            is_chosen(&a.name),
            frequency(&a.name),
            &b.name,
        ))
    });
    attributes
}
