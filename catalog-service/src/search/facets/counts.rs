//! How many documents of one segment have each value, by the values' numbers: one addition for each, and no text.

use std::collections::HashMap;

use tantivy::{
    DocId, SegmentReader,
    columnar::{Column, StrColumn},
};

use super::{prices::Prices, sums::Sums};
use crate::search::{
    Error,
    choices::{Kind, SegmentChoices, Standing},
    schema::{SEPARATOR, name},
};

/// The counts of one segment.
pub(super) struct Counts {
    count: u32,
    attributes_of: u32,
    categories: Tally,
    brands: Tally,
    names: Tally,
    values: Tally,
    /// The values of documents that fail the choice of one attribute only, by the number of that kind.
    own_values: HashMap<usize, Tally>,
    prices: Column<i64>,
    price_counts: Prices,
}

/// Counts by number.
#[derive(Clone)]
struct Tally {
    column: Option<StrColumn>,
    counts: Vec<u32>,
}

impl Tally {
    fn of(column: Option<StrColumn>) -> Self {
        let size = column.as_ref().map_or(0, |column| column.num_terms());
        Self { column, counts: vec![0; size] }
    }

    fn count(&mut self, document: DocId) {
        let Some(column) = &self.column else { return };
        for number in column.ords().values_for_doc(document) {
            if let Some(count) = usize::try_from(number).ok().and_then(|at| self.counts.get_mut(at))
            {
                *count += 1;
            }
        }
    }

    /// Adds the counts under their words.
    fn add_to(&self, sums: &mut HashMap<String, u32>) -> Result<(), Error> {
        let Some(column) = &self.column else { return Ok(()) };
        let mut word = String::new();
        for (number, count) in (0..).zip(&self.counts).filter(|(_, count)| **count > 0) {
            word.clear();
            column.ord_to_str(number, &mut word).map_err(tantivy::TantivyError::from)?;
            *sums.entry(word.clone()).or_default() += count;
        }
        Ok(())
    }
}

impl Counts {
    /// Counts for a segment, with the attributes of so many documents.
    pub(super) fn of(segment: &SegmentReader, attributes_of: u32) -> Result<Self, Error> {
        let fast = segment.fast_fields();
        Ok(Self {
            count: 0,
            attributes_of,
            categories: Tally::of(fast.str(name::CATEGORY)?),
            brands: Tally::of(fast.str(name::BRAND)?),
            names: Tally::of(fast.str(name::ATTRIBUTE)?),
            values: Tally::of(fast.str(name::CHOICE)?),
            own_values: HashMap::new(),
            prices: fast.i64(name::PRICE)?,
            price_counts: Prices::default(),
        })
    }

    /// Counts a document that the caller may see.
    pub(super) fn count(&mut self, document: DocId, chosen: &SegmentChoices) {
        let standing = chosen.standing(document);
        let (is_chosen, only) = match standing {
            Standing::Out => return,
            Standing::Chosen => (true, None),
            Standing::But(number) => (false, Some(number)),
        };
        let kind = only.and_then(|number| chosen.kind(number));
        if is_chosen {
            self.count += 1;
            if self.count <= self.attributes_of {
                self.names.count(document);
                self.values.count(document);
            }
        }
        if is_chosen || kind == Some(&Kind::Category) {
            self.categories.count(document);
        }
        if is_chosen || kind == Some(&Kind::Brand) {
            self.brands.count(document);
        }
        if (is_chosen || kind == Some(&Kind::Price))
            && let Some(price) = self.prices.first(document)
        {
            self.price_counts.count(price);
        }
        if let (Some(number), Some(Kind::Attribute(_))) = (only, kind) {
            let own = self.own_values.entry(number);
            own.or_insert_with(|| Tally::of(self.values.column.clone())).count(document);
        }
    }

    /// Adds the counts of this segment to those of the others.
    pub(super) fn add_to(self, sums: &mut Sums, chosen: &SegmentChoices) -> Result<(), Error> {
        sums.count += self.count;
        self.categories.add_to(&mut sums.categories)?;
        self.brands.add_to(&mut sums.brands)?;
        self.names.add_to(&mut sums.names)?;
        self.values.add_to(&mut sums.values)?;
        for (number, tally) in &self.own_values {
            let Some(Kind::Attribute(name)) = chosen.kind(*number) else { continue };
            let mut own = HashMap::new();
            tally.add_to(&mut own)?;
            let of_name = |value: &str| {
                value.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(SEPARATOR))
            };
            for (value, count) in own.into_iter().filter(|(value, _)| of_name(value)) {
                *sums.values.entry(value).or_default() += count;
            }
        }
        sums.prices.add(&self.price_counts);
        Ok(())
    }
}
