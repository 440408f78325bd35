//! What is counted of the documents of one segment.

use std::collections::HashMap;

use tantivy::{
    DocId, SegmentReader,
    columnar::{Cardinality, Column},
};

use super::{identities::Identities, prices::Prices, sums::Sums, tally::Tally};
use crate::search::{
    Error,
    choices::{Kind, SegmentChoices, Standing},
    schema::name,
};

/// Among how many of the products attributes are counted: there are many of them, and what is frequent shows soon.
const ATTRIBUTES_OF: u32 = 20_000;

/// The counts of one segment.
pub(in crate::search) struct Counts {
    count: u32,
    attributes_of: u32,
    paths: Tally,
    brands: Tally,
    names: Tally,
    values: Tally,
    /// The values of documents that fail the choice of one attribute only, by the number of that kind.
    own_values: HashMap<usize, Tally>,
    /// None: not every document has one, and the index is not what it should be.
    price_steps: Option<Column<u64>>,
    prices: Prices,
}

impl Counts {
    /// Counts for a segment, behind those of other segments.
    pub(in crate::search) fn of(
        segment: &SegmentReader,
        before: &Sums,
        identities: &Identities,
    ) -> Result<Self, Error> {
        let steps = segment.fast_fields().u64(name::PRICE_STEP)?;
        let tally = |name| Tally::of(segment, name, identities);
        Ok(Self {
            count: 0,
            attributes_of: ATTRIBUTES_OF.saturating_sub(before.count()),
            paths: tally(name::PATH)?,
            brands: tally(name::BRAND)?,
            names: tally(name::ATTRIBUTE)?,
            values: tally(name::CHOICE)?,
            own_values: HashMap::new(),
            price_steps: (steps.get_cardinality() == Cardinality::Full).then_some(steps),
            prices: Prices::default(),
        })
    }

    /// Counts a document that the caller may see.
    pub(in crate::search) fn count(
        &mut self,
        document: DocId,
        standing: Standing,
        chosen: &SegmentChoices,
    ) {
        match standing {
            Standing::Out => {}
            Standing::Chosen => self.count_chosen(document),
            Standing::But(number) => match chosen.kind(number) {
                Some(Kind::Category) => self.paths.count(document),
                Some(Kind::Brand) => self.brands.count(document),
                Some(Kind::Price) => self.count_price(document),
                Some(Kind::Attribute(_)) => {
                    let own = self.own_values.entry(number);
                    own.or_insert_with(|| self.values.anew()).count(document);
                }
                Some(Kind::State) | None => {}
            },
        }
    }

    fn count_chosen(&mut self, document: DocId) {
        self.count += 1;
        self.paths.count(document);
        self.brands.count(document);
        self.count_price(document);
        if self.count <= self.attributes_of {
            self.names.count(document);
            self.values.count(document);
        }
    }

    fn count_price(&mut self, document: DocId) {
        if let Some(steps) = &self.price_steps {
            self.prices.count(steps.values.get_val(document));
        }
    }

    /// Adds the counts of this segment to those of the others.
    pub(in crate::search) fn add_to(
        self,
        sums: &mut Sums,
        chosen: &SegmentChoices,
    ) -> Result<(), Error> {
        sums.add_count(self.count);
        sums.add_paths(&self.paths)?;
        sums.prices.add(&self.prices);
        sums.brands.push(self.brands);
        sums.names.push(self.names);
        sums.values.push(self.values);
        for (number, tally) in self.own_values {
            if let Some(Kind::Attribute(name)) = chosen.kind(number) {
                sums.own_values.entry(name.clone()).or_default().push(tally);
            }
        }
        Ok(())
    }
}
