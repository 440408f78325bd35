//! What callers may find by words.

use super::{Catalog, Error, Result};
use crate::{
    domain::{
        Audience, Caller, Cursor, CursorValue, Document, FeedPosition, Finding, Order, PageRequest,
        Product, ProductId, ProductQuery, ProductSearch, Reach, Refusal, Segment, Snapshot,
        Suggestion, Terms, Total, View, Violation,
    },
    encoding,
    search::{self, Stretch, excerpt, marked},
    store,
};

/// A product that was found, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The product.
    pub product: Document<Product>,
    /// Its title, marked.
    pub title: Vec<Segment>,
    /// A part of its description, marked; empty when nothing that was searched for stands there.
    pub excerpt: Vec<Segment>,
}

/// One page of what was found.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundPage {
    /// The products, the best first, or in the order that was asked for.
    pub products: Vec<Found>,
    /// Where the next page starts.
    pub next: Option<Cursor>,
    /// What is said of all of them.
    pub finding: Finding,
}

/// Of how many products a page token tells: with the longest ids they fill it.
const REMEMBERED: usize = 4;

impl Catalog {
    /// How many products a page of a search has at most.
    pub const LARGEST_SEARCH_PAGE: usize = 250;

    /// Finds products by words, all whose writes were answered before. Without credentials only public ones. With an `order_by`
    /// (AIP-132) they are in that order instead of the best first.
    ///
    /// # Errors
    /// [`Error::Order`], [`Error::RoleMissing`], [`Error::QueryTooExpensive`], [`Error::Overloaded`] and [`Error::SearchNotReady`].
    pub async fn search_products(
        &self,
        caller: &Caller,
        search: ProductSearch,
        order_by: &str,
        view: View,
        page: PageRequest,
    ) -> Result<Snapshot<FoundPage>> {
        let reach = search.reach;
        if caller.audience() == Audience::Public {
            match reach {
                Reach::Public => {}
                Reach::Live => return Err(Error::RoleMissing("show_hidden")),
                Reach::All => return Err(Error::RoleMissing("show_deleted")),
            }
        }
        let order = match order_by.trim() {
            "" => None,
            text => Some(Order::parse(text)?),
        };
        let stretch = if order.is_some() { Stretch::all() } else { stretch(&page) };
        self.search.wait_for(self.store.last_change().await?).await;
        let mut finding = self.search.find(search, stretch, self.clock.now()).await?;
        let ids = std::mem::take(&mut finding.products);
        let audience = match reach {
            Reach::Public => Audience::Public,
            Reach::Live | Reach::All => caller.audience(),
        };
        let (documents, next) = match order {
            Some(order) => {
                let (among, show_deleted) = (Some(ids), reach == Reach::All);
                let query =
                    ProductQuery { filter: None, among, order, show_deleted, view, audience };
                let size = page.size.min(Self::LARGEST_SEARCH_PAGE);
                let page = PageRequest { size, ..page };
                let page = self.store.list_products(query, page).await?.content;
                (page.items, page.next)
            }
            None => {
                let (documents, is_cut) = self.found(&ids, view, audience).await?;
                let read = documents.len();
                let shown = &ids[..read];
                let goes_on = !shown.is_empty() && (finding.has_more || is_cut);
                let next = goes_on.then(|| cursor(finding.offset + read, &finding, shown));
                (documents.into_iter().flatten().collect(), next)
            }
        };
        let products = documents.into_iter().map(|product| marks(product, &finding.terms));
        let products = products.collect::<Result<_>>()?;
        // The index is behind the documents, if anything: who goes on from there misses nothing.
        let position = finding.position;
        Ok(Snapshot { content: FoundPage { products, next, finding }, position })
    }

    /// Reads what was found, as much of it as can be sent, and tells whether that was less than all.
    ///
    /// What is no longer to be seen since the index was written is left out.
    async fn found(
        &self,
        ids: &[ProductId],
        view: View,
        audience: Audience,
    ) -> Result<(Vec<Option<Document<Product>>>, bool)> {
        let mut count = ids.len();
        loop {
            match self.store.products(&ids[..count], view, audience).await {
                Ok(documents) => return Ok((documents.content, count < ids.len())),
                Err(store::Error::AnswerTooLarge) if count > 1 => count /= 2,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// What could be meant by what was typed so far, from what is public.
    ///
    /// # Errors
    /// [`Error::QueryTooExpensive`], [`Error::Overloaded`] and [`Error::SearchNotReady`].
    pub async fn suggest_products(&self, typed: &str, most: usize) -> Result<Vec<Suggestion>> {
        Ok(self.search.suggest(typed.to_owned(), most, self.clock.now()).await?)
    }
}

/// Where a page begins: how many came before, and which was the last one.
fn stretch(page: &PageRequest) -> Stretch {
    let size = page.size.min(Catalog::LARGEST_SEARCH_PAGE);
    let Some(cursor) = &page.after else { return Stretch { size, ..Stretch::default() } };
    let (mut numbers, mut before) = (Vec::new(), Vec::new());
    for value in &cursor.values {
        match value {
            CursorValue::Number(number) => numbers.push(*number),
            CursorValue::Text(id) => before.push(id),
            CursorValue::Missing => {}
        }
    }
    let number = |place: usize| numbers.get(place).copied().unwrap_or_default();
    let count = u32::try_from(number(1)).unwrap_or(u32::MAX);
    let after = std::iter::once(&cursor.id).chain(before);
    Stretch {
        offset: usize::try_from(number(0)).unwrap_or_default(),
        after: after.filter_map(|id| ProductId::parse(id).ok()).collect(),
        total: Total { count: count.min(Total::MOST), capped: count > Total::MOST },
        position: FeedPosition::new(number(2)),
        size,
    }
}

/// How many products were shown, how many were found and as of which change, and the last that were shown, of which some may go before
/// the next page.
fn cursor(offset: usize, finding: &Finding, shown: &[ProductId]) -> Cursor {
    let count = i64::from(finding.total.count) + i64::from(finding.total.capped);
    let mut last = shown.iter().rev().map(|id| id.as_str().to_owned());
    let id = last.next().unwrap_or_default();
    let offset = i64::try_from(offset).unwrap_or(i64::MAX);
    let numbers = [offset, count, finding.position.number()].map(CursorValue::Number);
    let before = last.take(REMEMBERED - 1).map(CursorValue::Text);
    Cursor { values: numbers.into_iter().chain(before).collect(), id }
}

fn marks(product: Document<Product>, terms: &Terms) -> Result<Found> {
    let message = encoding::message(&product).map_err(|error| Error::Internal(Box::new(error)))?;
    Ok(Found {
        title: marked(&message.title, terms),
        excerpt: excerpt(&message.description, terms),
        product,
    })
}

impl From<search::Error> for Error {
    fn from(error: search::Error) -> Self {
        match error {
            search::Error::TooExpensive => Self::QueryTooExpensive,
            search::Error::Overloaded => Self::Overloaded,
            search::Error::NotReady => Self::SearchNotReady,
            search::Error::OtherCurrency { field, given, shop } => {
                let description = format!("is in {given}; give it in {shop}, the shop's currency");
                Self::Refused(Refusal::Invalid(vec![Violation {
                    field: field.to_owned(),
                    description,
                }]))
            }
            search::Error::Failed(error) => Self::Internal(Box::new(error)),
        }
    }
}
