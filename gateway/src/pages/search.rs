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
    answers::{Found, Page, SEARCH},
    card::{Card, Mark},
    chrome::Chrome,
    format,
    locale::Locale,
    query::Query,
    shown::Shown,
    storefront::{Empty, surroundings},
    trouble::{Trouble, see_other},
    visit::Visit,
    words,
};
use crate::{session::Caller, wire::Malformed};

/// How many cards a page has.
const PAGE: i32 = 24;
const PATH: &str = "/search";

#[derive(Template)]
#[template(path = "shop/search.html")]
struct SearchPage {
    chrome: Chrome,
    text: String,
    total: String,
    notes: Vec<String>,
    chips: Vec<Chip>,
    all_again: String,
    facets: Vec<Facet>,
    kept: Vec<(&'static str, String)>,
    shelves: Vec<(String, String)>,
    cards: Vec<Card>,
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
    let mut page = page(&visit, &shop, &asked, &found)?;
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

fn page(visit: &Visit, shop: &Shop, asked: &Asked, found: &Page) -> Result<SearchPage, Malformed> {
    let chrome = Chrome { searched: asked.text.clone(), ..visit.shop_chrome(shop) };
    let locale = chrome.locale;
    let on_page = i32::try_from(found.results.len()).unwrap_or(0);
    let shown = asked.shown.saturating_add(on_page).min(found.total_size.max(on_page));
    let left = found.total_size.saturating_sub(shown);
    let next = (!found.next_page_token.is_empty())
        .then(|| asked.at_page(&found.next_page_token, shown).query().at(PATH));
    let facets = found.facets.clone().unwrap_or_default();
    let is_narrowed = asked.is_narrowed();
    Ok(SearchPage {
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
        cards: found.results.iter().map(|one| card(one, locale)).collect::<Result<_, _>>()?,
        empty: empty(asked, is_narrowed),
        next: next.unwrap_or_default(),
        next_count: if found.total_size_capped { PAGE } else { left.clamp(1, PAGE) },
        first: if asked.page.is_empty() {
            String::new()
        } else {
            asked.first_page().query().at(PATH)
        },
        progress: format::progress(shown, found.total_size, found.total_size_capped),
    })
}

fn card(found: &Found, locale: &Locale) -> Result<Card, Malformed> {
    let product = Shown::read(&found.product)?;
    let title = marks(&found.title_segments);
    // Where the title says why it was found, the description need not.
    let excerpt = match title.iter().any(|part| part.is_match) {
        true => Vec::new(),
        false => marks(&found.excerpt_segments),
    };
    Ok(Card { title_marks: title, excerpt, ..Card::of(&product, locale) })
}

/// The parts of a text as a page shows them.
pub(crate) fn marks(segments: &[TextSegment]) -> Vec<Mark> {
    let mark =
        |segment: &TextSegment| Mark { text: segment.text.clone(), is_match: segment.matched };
    segments.iter().map(mark).collect()
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
