//! One search from what was typed to the products that were found.

use jiff::Timestamp;
use tantivy::Searcher;

use super::{
    Error, Search, Serving,
    asked::{Asked, asked},
    deadline::Deadline,
    lexicon::Lexicon,
    plan::Plan,
    scan::Scan,
    sight::Sight,
    top::{Survey, products},
};
use crate::domain::{Currency, Finding, Money, ProductId, ProductSearch};

/// How deep pages go.
const DEEPEST: usize = 10_000;

/// Which part of what was found is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// How many products were answered before.
    pub offset: usize,
    /// The last one of them.
    pub after: Option<ProductId>,
    /// How many are wanted.
    pub size: usize,
}

impl Stretch {
    /// All that is found, as deep as pages go.
    pub fn all() -> Self {
        Self { offset: 0, after: None, size: DEEPEST }
    }
}

impl Search {
    /// Finds products.
    ///
    /// # Errors
    /// [`Error`]
    pub async fn find(
        &self,
        search: ProductSearch,
        stretch: Stretch,
        now: Timestamp,
    ) -> Result<Finding, Error> {
        self.work(move |serving| find(serving, &search, &stretch, now.as_microsecond())).await
    }
}

fn find(
    serving: &Serving,
    search: &ProductSearch,
    stretch: &Stretch,
    now: i64,
) -> Result<Finding, Error> {
    check_currency(search, serving.currency)?;
    let asked = asked(&search.query);
    if asked == Asked::default() {
        let (is_incomplete, position) = (!serving.is_whole, serving.position);
        return Ok(Finding { is_incomplete, position, ..Finding::default() });
    }
    let searcher = serving.opened.reader.searcher();
    let sight = Sight { reach: search.reach, now };
    let deadline = &Deadline::begin();
    let fields = &serving.opened.fields;
    let lexicon =
        Lexicon { searcher: &searcher, fields: &[fields.words, fields.more], sight, deadline };
    let plan = Plan::of(&search.query, &asked, fields, &lexicon)?;
    let room = Room { serving, searcher: &searcher, search, stretch, sight };
    let all = plan.all(&searcher, deadline)?;
    let found = room.found(&all)?;
    let half = if found.total.count == 0 { all.with_half() } else { None };
    let (found, some_words_only) = match half {
        Some(half) => (room.found(&half)?, true),
        None => (found, false),
    };
    let is_found = found.total.count > 0;
    Ok(Finding {
        terms: plan.terms,
        corrected_query: if is_found { plan.corrected } else { String::new() },
        some_words_only: some_words_only && is_found,
        is_incomplete: !serving.is_whole,
        position: serving.position,
        ..found
    })
}

/// What every query of one search has in common.
struct Room<'a> {
    serving: &'a Serving,
    searcher: &'a Searcher,
    search: &'a ProductSearch,
    stretch: &'a Stretch,
    sight: Sight,
}

impl Room<'_> {
    fn found(&self, scan: &Scan<'_>) -> Result<Finding, Error> {
        let choice = &self.search.choice;
        // As many more as may have come in before the place where the last page ended.
        let most = (self.stretch.offset + 2 * self.stretch.size + 1).min(DEEPEST);
        let survey = Survey::of_best(self.sight, choice, most);
        let mut survey = match self.search.facets {
            true => survey.with_facets(&self.serving.opened.identities),
            false => survey.with_total(),
        };
        scan.run(&mut survey)?;
        let (best, total, sums) = survey.into_parts();
        let best = products(self.searcher, best)?;
        let facets = sums
            .map(|sums| sums.facets(&self.serving.tree, self.serving.currency, choice))
            .transpose()?;
        let start = start(&best, self.stretch);
        let end = (start + self.stretch.size).min(best.len());
        // Where the best were cut off, there are more behind them.
        let has_more = end < best.len() || (best.len() == most && most < DEEPEST);
        let products = best.into_iter().take(end).skip(start).collect();
        Ok(Finding { products, has_more, total, facets, ..Finding::default() })
    }
}

/// Where to go on: behind the last product of the page before, wherever that stands by now, or else where it stood.
fn start(best: &[ProductId], stretch: &Stretch) -> usize {
    let Some(after) = &stretch.after else { return stretch.offset.min(best.len()) };
    let stands = best.iter().position(|id| id == after);
    stands.map_or(stretch.offset.min(best.len()), |place| place + 1)
}

fn check_currency(search: &ProductSearch, shop: Currency) -> Result<(), Error> {
    let choice = &search.choice;
    let prices = [("lowest_price", choice.price_from), ("price_below", choice.price_below)];
    for (field, price) in prices {
        if let Some(given) = price.map(Money::currency).filter(|given| *given != shop) {
            return Err(Error::OtherCurrency { field, given, shop });
        }
    }
    Ok(())
}
