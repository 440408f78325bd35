//! The shop's search: what was typed, what was found, and by what it can be narrowed. All of it stands in the address.

mod asked;
mod facets;

use askama::Template;
use axum::response::Response;
use proto::catalog::{SearchProductsRequest, Shop, TextSegment};

use self::{
    asked::Asked,
    facets::{Chip, Facet},
};
use super::{
    answers::{Page, SEARCH},
    card::{Cards, Mark},
    chrome::Chrome,
    format,
    locale::Amounts,
    query::Query,
    storefront::{Empty, surroundings},
    trouble::{Trouble, see_other},
    visit::Visit,
    words,
};
use crate::session::Caller;

/// How many cards a page has.
const PAGE: i32 = 24;
const PATH: &str = "/search";

#[derive(Template)]
#[template(path = "shop/search.html")]
struct SearchPage<'a> {
    chrome: Chrome,
    text: String,
    total: String,
    notes: Vec<String>,
    chips: Vec<Chip>,
    all_again: String,
    facets: Vec<Facet>,
    kept: Vec<(&'static str, String)>,
    shelves: Vec<(String, String)>,
    cards: Cards<'a>,
    empty: Empty,
    next: String,
    next_count: i32,
    first: String,
    progress: String,
}

/// `GET /search`.
pub(crate) async fn show(visit: Visit, query: Query) -> Result<Response, Trouble> {
    let asked = Asked::of(&query);
    if query.has_blanks() {
        return Ok(see_other(&asked.query().at(PATH)));
    }
    // The shop looks the same to everybody, whoever is signed in.
    let anyone = visit.caller.anonymous();
    let (shop, categories) = surroundings(&anyone).await?;
    let (found, note) = if asked.text.is_empty() {
        (Page::default(), String::new())
    } else {
        found(&anyone, &asked, &shop).await?
    };
    let mut page = page(&visit, &shop, &asked, &found);
    page.notes.extend((!note.is_empty()).then_some(note));
    if page.cards.is_empty() {
        let top = categories.into_iter().filter(|category| category.parent.is_empty());
        page.shelves =
            top.map(|category| (format!("/c/{}", category.slug), category.title)).collect();
    }
    visit.page(&page)
}

/// What was found, and a note where it is not what the address asks for.
async fn found(caller: &Caller, asked: &Asked, shop: &Shop) -> Result<(Page, String), Trouble> {
    let request = asked.request(&shop.default_currency);
    match caller.ask(SEARCH, request.clone()).await {
        Ok(found) => Ok((found, String::new())),
        Err(status) => {
            let trouble = Trouble::from(status);
            let note = words::of(&trouble.reason(), &[]);
            if trouble.reason() == "PAGE_TOKEN_INVALID" {
                let first = SearchProductsRequest { page_token: String::new(), ..request };
                return Ok((caller.ask(SEARCH, first).await?, note));
            }
            // What cannot be searched for leaves the form standing, to be changed.
            trouble.in_place()?;
            Ok((Page::default(), note))
        }
    }
}

fn page<'a>(visit: &Visit, shop: &'a Shop, asked: &Asked, found: &'a Page) -> SearchPage<'a> {
    let chrome = Chrome { searched: asked.text.clone(), ..visit.shop_chrome(shop) };
    let locale = chrome.locale;
    let on_page = i32::try_from(found.results.len()).unwrap_or(0);
    let shown = asked.shown.saturating_add(on_page).min(found.total_size.max(on_page));
    let left = found.total_size.saturating_sub(shown);
    let next = (!found.next_page_token.is_empty())
        .then(|| asked.at_page(&found.next_page_token, shown).query().at(PATH));
    let facets = found.facets.clone().unwrap_or_default();
    let is_narrowed = asked.is_narrowed();
    SearchPage {
        chrome,
        text: asked.text.clone(),
        total: format::total(found.total_size, found.total_size_capped),
        notes: notes(
            &asked.text,
            &Otherwise {
                corrected_query: &found.corrected_query,
                some_words_only: found.some_words_only,
                incomplete: found.incomplete,
            },
        ),
        chips: facets::chips(asked, &facets, PATH, locale),
        all_again: asked.with_words_only().query().at(PATH),
        facets: facets::facets(asked, &facets, locale),
        kept: vec![("q", asked.text.clone())],
        shelves: Vec::new(),
        cards: Cards {
            found: &found.results,
            amounts: Amounts::of(locale, &shop.default_currency),
        },
        empty: empty(asked, is_narrowed),
        next: next.unwrap_or_default(),
        next_count: if found.total_size_capped { PAGE } else { left.clamp(1, PAGE) },
        first: if asked.page.is_empty() {
            String::new()
        } else {
            asked.first_page().query().at(PATH)
        },
        progress: format::progress(shown, found.total_size, found.total_size_capped),
    }
}

/// The parts of a text as a page shows them.
pub(crate) fn marks(segments: &[TextSegment]) -> Vec<Mark<'_>> {
    let marked = segments.iter();
    marked.map(|part| Mark { text: &part.text, is_match: part.matched }).collect()
}

/// In what a search was another than the one that was asked for.
pub(crate) struct Otherwise<'a> {
    pub(crate) corrected_query: &'a str,
    pub(crate) some_words_only: bool,
    pub(crate) incomplete: bool,
}

/// What is said of a search: that it was for other words, or for some of them only, or that it may have missed something.
pub(crate) fn notes(typed: &str, found: &Otherwise<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if !found.corrected_query.is_empty() {
        let values = [("typed", typed), ("found", found.corrected_query)];
        notes.push(words::of("search-corrected", &values));
    }
    if found.some_words_only {
        notes.push(words::of("search-some-words", &[]));
    }
    if found.incomplete {
        notes.push(words::of("search-incomplete", &[]));
    }
    notes
}

fn empty(asked: &Asked, is_narrowed: bool) -> Empty {
    let text = match (asked.text.is_empty(), is_narrowed) {
        (true, _) => {
            "Type what you are looking for: a name, a brand, a property, or a number from a label."
        }
        (false, true) => "Nothing here has all that was chosen. Take a filter away.",
        (false, false) => "Nothing was found. Try fewer or other words, or look through a shelf.",
    };
    Empty { shown: true, text, link: "/".to_owned(), link_text: "All products" }
}
