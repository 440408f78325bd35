//! The counts of all segments, and what of them is worth telling.

use std::collections::{BTreeSet, HashMap};

use super::{
    prices::Prices,
    tally::{Tally, most_frequent},
};
use crate::{
    domain::{
        AttributeCounts, CategoryCount, CategoryId, Choice, Currency, Facets, Total, ValueCount,
    },
    search::{Error, schema::SEPARATOR, tree::Tree},
};

/// How much is told of each kind.
const CATEGORIES: usize = 200;
const BRANDS: usize = 20;
const ATTRIBUTES: usize = 8;
const VALUES: usize = 12;

/// The counts of the segments.
#[derive(Default)]
pub(in crate::search) struct Sums {
    count: u32,
    categories: HashMap<String, u32>,
    pub(super) brands: Vec<Tally>,
    pub(super) names: Vec<Tally>,
    pub(super) values: Vec<Tally>,
    /// Of documents that fail the choice of this attribute only.
    pub(super) own_values: HashMap<String, Vec<Tally>>,
    pub(super) prices: Prices,
}

impl Sums {
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    pub(super) fn add_count(&mut self, count: u32) {
        self.count += count;
    }

    /// Adds documents by the categories in which they stand, all of which are one value.
    pub(super) fn add_paths(&mut self, paths: &Tally) -> Result<(), Error> {
        paths.each(|path, count| {
            for category in path.split(SEPARATOR).filter(|category| !category.is_empty()) {
                *self.categories.entry(category.to_owned()).or_default() += count;
            }
        })
    }

    /// How many products there are.
    pub(in crate::search) fn total(&self) -> Total {
        Total { count: self.count.min(Total::MOST), capped: self.count > Total::MOST }
    }

    /// What is told.
    pub(in crate::search) fn facets(
        self,
        tree: &Tree,
        currency: Currency,
        choice: &Choice,
    ) -> Result<Facets, Error> {
        let brands: Vec<_> = self.brands.iter().collect();
        let chosen: Vec<_> = choice.brands.iter().map(String::as_str).collect();
        // One more, as products without a brand are told nothing of.
        let mut brands = most_frequent(&brands, "", BRANDS + 1, &chosen)?;
        brands.retain(|brand| !brand.value.is_empty());
        let last_is_chosen = brands.last().is_some_and(|last| choice.brands.contains(&last.value));
        if brands.len() == BRANDS + 1 && !last_is_chosen {
            brands.pop();
        }
        Ok(Facets {
            prices: self.prices.ranges(currency),
            attributes: self.attributes(choice)?,
            categories: categories(self.categories, tree),
            brands,
        })
    }

    /// The chosen attributes, and the most frequent ones behind them.
    fn attributes(&self, choice: &Choice) -> Result<Vec<AttributeCounts>, Error> {
        let names: Vec<_> = self.names.iter().collect();
        let chosen: BTreeSet<&str> =
            choice.attributes.iter().map(|(name, _)| name.as_str()).collect();
        let frequent = most_frequent(&names, "", ATTRIBUTES, &[])?;
        let others = frequent.iter().map(|name| name.value.as_str());
        let others = others.filter(|name| !chosen.contains(name));
        let mut attributes = Vec::new();
        for name in chosen.iter().copied().chain(others) {
            let values = self.values_of(name, choice)?;
            if !values.is_empty() {
                attributes.push(AttributeCounts { name: name.to_owned(), values });
            }
        }
        Ok(attributes)
    }

    fn values_of(&self, name: &str, choice: &Choice) -> Result<Vec<ValueCount>, Error> {
        let beginning = format!("{name}{SEPARATOR}");
        let own = self.own_values.get(name).into_iter().flatten();
        let tallies: Vec<_> = self.values.iter().chain(own).collect();
        let of_name = choice.attributes.iter().filter(|(chosen, _)| chosen == name);
        let chosen: Vec<_> = of_name.map(|(_, value)| format!("{beginning}{value}")).collect();
        let chosen: Vec<_> = chosen.iter().map(String::as_str).collect();
        let mut values = most_frequent(&tallies, &beginning, VALUES, &chosen)?;
        for value in &mut values {
            value.value.drain(..beginning.len());
        }
        Ok(values)
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
