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
use crate::domain::{Currency, FeedPosition, Finding, Money, ProductId, ProductSearch, Total};

/// How deep pages go.
const DEEPEST: usize = 10_000;

/// Which part of what was found is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// How many products were answered before.
    pub offset: usize,
    /// The last ones of them, the very last first.
    pub after: Vec<ProductId>,
    /// How many were found then.
    pub total: Total,
    /// How far in the feed of changes the index was then.
    pub position: FeedPosition,
    /// How many are wanted.
    pub size: usize,
}

impl Stretch {
    /// All that is found, as deep as pages go.
    pub fn all() -> Self {
        Self { size: DEEPEST, ..Self::default() }
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
        let now = now.as_microsecond();
        self.work(move |serving, deadline| find(serving, deadline, &search, &stretch, now)).await
    }
}

fn find(
    serving: &Serving,
    deadline: &Deadline,
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
        let reading = self.read(scan, near(self.stretch, self.changes()))?;
        // Products whose window has begun come without a change, however many.
        let reading = if reading.may_end_early { self.read(scan, DEEPEST)? } else { reading };
        Ok(reading.finding)
    }

    /// How many changes there were since the page before.
    fn changes(&self) -> i64 {
        changes(self.stretch, self.serving.position)
    }

    /// Looks at so many of the best.
    fn read(&self, scan: &Scan<'_>, most: usize) -> Result<Reading, Error> {
        let choice = &self.search.choice;
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
        let place = place(&best, &self.stretch.after);
        let start = place.unwrap_or_else(|| start(total, self.changes(), self.stretch));
        let start = start.min(best.len());
        let end = (start + self.stretch.size).min(best.len());
        // Where the best were cut off, there are more behind them.
        let is_cut = best.len() == most && most < DEEPEST;
        let is_lost = place.is_none() && !self.stretch.after.is_empty();
        let has_more = end < best.len() || is_cut;
        let may_end_early = is_cut && (is_lost || end == best.len());
        let products = best.into_iter().take(end).skip(start).collect();
        let finding =
            Finding { products, offset: start, has_more, total, facets, ..Finding::default() };
        Ok(Reading { finding, may_end_early })
    }
}

/// How many changes there were since the page before; none where there was no page.
fn changes(stretch: &Stretch, now: FeedPosition) -> i64 {
    if stretch.after.is_empty() { 0 } else { now.number() - stretch.position.number() }
}

/// How many of the best are looked at: the page and the one behind it, and as many more as may have come in before the place where the
/// last page ended.
fn near(stretch: &Stretch, changes: i64) -> usize {
    let come = usize::try_from(changes).unwrap_or_default();
    (stretch.offset + 2 * stretch.size + 1).saturating_add(come).min(DEEPEST)
}

/// What a look at the best gives.
struct Reading {
    finding: Finding,
    /// Whether the page before ended so near to where the best were cut off, or behind it, that a deeper look may show more.
    may_end_early: bool,
}

/// Where it goes on behind the last product of the pages before that is still there, wherever it stands by now.
fn place(best: &[ProductId], after: &[ProductId]) -> Option<usize> {
    let stands = |id| best.iter().position(|one| one == id);
    after.iter().find_map(stands).map(|place| place + 1)
}

/// Where to go on when the last products of the pages before are all gone.
///
/// Others before them may be gone, too, and what comes next has moved up by as many: to show some again is better than to leave some
/// out.
fn start(now: Total, changes: i64, stretch: &Stretch) -> usize {
    let gone = match stretch.total.capped {
        true => stretch.offset,
        false => most_gone(changes, stretch.total, now),
    };
    stretch.offset.saturating_sub(gone)
}

/// How many products may be gone: a change of a product lets one come or one go, and who knows how many are fewer knows how many more
/// have gone than come. A product whose window has ended goes without a change.
fn most_gone(changes: i64, before: Total, now: Total) -> usize {
    let fewer = i64::from(before.count) - i64::from(now.count);
    let gone = fewer.max((changes + fewer) / 2);
    usize::try_from(gone).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &str) -> Vec<ProductId> {
        names.split(' ').map(|name| ProductId::parse(name).unwrap()).collect()
    }

    /// Where it goes on behind `a b c d e` of nine, of which these are left, or have come.
    fn goes_on_in(left: &str, capped: bool) -> usize {
        let total = Total { count: if capped { Total::MOST } else { 9 }, capped };
        let position = FeedPosition::new(40);
        let stretch = Stretch { offset: 5, after: ids("e d c"), total, position, size: 5 };
        let now = ids(left);
        let total = Total { count: now.len() as u32, capped: false };
        let come = now.iter().filter(|id| !ids("a b c d e f g h i").contains(id)).count();
        let gone = 9 - (now.len() - come);
        let start = || start(total, (come + gone) as i64, &stretch);
        place(&now, &stretch.after).unwrap_or_else(start).min(now.len())
    }

    #[test]
    fn it_goes_on_behind_the_last_product_that_is_still_there() {
        assert_eq!(goes_on_in("a b c d e f g h i", false), 5);
        assert_eq!(goes_on_in("x a y b c d e f g h i", false), 7, "more have come before it");
        assert_eq!(goes_on_in("b c d f g h i", false), 3, "the last one is gone, and one before");
        assert_eq!(goes_on_in("c f g h i", false), 1);
    }

    #[test]
    fn where_the_last_ones_are_all_gone_nothing_is_left_out() {
        assert_eq!(goes_on_in("a b f g h i", false), 2);
        assert_eq!(goes_on_in("f g h i", false), 0, "all that were shown are gone");
        assert_eq!(goes_on_in("a b f g", false), 0, "some come again, since others are gone too");
        assert_eq!(goes_on_in("a b x y f g h i", false), 2, "two have come where three have gone");
        assert_eq!(goes_on_in("x y z f g h i a b", false), 2, "three have come, and three gone");
        assert_eq!(goes_on_in("f g h i", true), 0, "nobody knows how many there were");
    }

    #[test]
    fn a_page_looks_no_deeper_than_what_came_since_the_one_before() {
        let now = FeedPosition::new(1_000_000);
        let looks = |stretch: Stretch| near(&stretch, changes(&stretch, now));
        let first = Stretch { size: 20, ..Stretch::default() };
        assert_eq!(looks(first.clone()), 41, "nothing came before a first page");
        let position = FeedPosition::new(999_997);
        let second = Stretch { offset: 20, after: ids("t s r"), position, ..first.clone() };
        assert_eq!(looks(second.clone()), 64);
        let late = Stretch { position: FeedPosition::default(), ..second };
        assert_eq!(looks(late), DEEPEST);
    }

    #[test]
    fn a_window_that_ends_is_no_change_and_counts() {
        let [before, now] = [9, 6].map(|count| Total { count, capped: false });
        assert_eq!(most_gone(0, before, now), 3);
        assert_eq!(most_gone(7, before, now), 5, "five have gone, and two come");
        assert_eq!(most_gone(1, now, before), 0, "more by windows that began");
    }
}
