//! The admin's list of products. What it shows stands in the address: words, state, category, order, page.

mod asked;

use askama::Template;
use axum::response::Response;
use proto::catalog::{Category, ProductView, Shop};
use tonic::Status;

pub(crate) use self::asked::Portion;
use self::asked::{Asked, HEADS, STATES};
use super::{
    answers::Page,
    chrome::Chrome,
    escaped::Escaped,
    format,
    locale::Amounts,
    names::{id_of, request_id},
    product_row::{ProductRow, Rows},
    query::Query,
    search::{self, Otherwise},
    storefront::{Empty, categories},
    trouble::{Trouble, see_other},
    visit::Visit,
    words,
};
use crate::session::Caller;

/// How many rows a page has.
const PAGE: i32 = 50;
const PATH: &str = "/admin/products";

#[derive(Template)]
#[template(path = "admin/products.html")]
struct ListPage<'a> {
    chrome: Chrome,
    here: Escaped<'a>,
    may_edit: bool,
    request_id: Escaped<'a>,
    /// From where in the feed of changes this page goes on.
    resume_token: String,
    /// Whether the head of the table has a box for the page.
    chooses: bool,
    /// This page of the list, to come back to.
    list_address: String,
    /// The same with its rows ticked.
    pick_address: String,
    total: String,
    total_count: i32,
    capped: bool,
    range: String,
    /// Where the words lead when they rank the list again; empty when they do.
    by_rank: String,
    note: String,
    /// What is said of a search.
    notes: Vec<String>,
    sort: String,
    text: String,
    states: Vec<Choice>,
    categories: Vec<Choice>,
    filtered: bool,
    heads: Vec<Head>,
    rows: Rows<'a>,
    blank: ProductRow<'a>,
    empty: Empty,
    pages: Pages,
}

/// One choice of a select or a set of boxes.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) word: String,
    pub(crate) current: bool,
}

/// One head of a table.
pub(crate) struct Head {
    pub(crate) word: &'static str,
    pub(crate) href: String,
    /// `ascending`, `descending`, or empty.
    pub(crate) order: &'static str,
    pub(crate) numeric: bool,
}

/// Where a list goes on.
#[derive(Default)]
pub(crate) struct Pages {
    pub(crate) first: String,
    pub(crate) next: String,
}

impl Pages {
    /// For a list whose address holds nothing but the page: its path, the token of this page, and that of the next one.
    pub(crate) fn of(path: &str, token: &str, next: &str) -> Self {
        let next =
            if next.is_empty() { String::new() } else { Query::new().with("page", next).at(path) };
        Self { first: if token.is_empty() { String::new() } else { path.to_owned() }, next }
    }
}

/// `GET /admin/products`.
pub(crate) async fn show(visit: Visit, query: Query) -> Result<Response, Trouble> {
    let asked = Asked::of(&query);
    if query.has_blanks() {
        return Ok(see_other(&asked.query().at(PATH)));
    }
    // Its place in the feed is before that of the list: what lies between is shown twice rather than not at all.
    let (chrome, shop, resume_token) = visit.admin_chrome_at().await?;
    let chrome = chrome.starting(&visit.gateway, &["optimistic", "in-place"]);
    let (categories, (page, note)) =
        tokio::try_join!(categories(&visit.caller), page_or_first(&visit.caller, &asked))?;
    let list = list(&visit, chrome, &shop, &categories, &asked, &page, note);
    visit.page(&ListPage { resume_token, ..list })
}

/// The page, and a note where it is not what the address asks for.
async fn page_or_first(caller: &Caller, asked: &Asked) -> Result<(Page, String), Trouble> {
    let portion =
        |token: &str| Portion { size: PAGE, token: token.to_owned(), view: ProductView::Full };
    let status = match asked.page(caller, portion(&asked.page)).await {
        Ok(page) => return Ok((page, String::new())),
        Err(status) => status,
    };
    let trouble = Trouble::from(status);
    let reason = trouble.reason();
    let note = words::of(&reason, &[]);
    match reason.as_str() {
        "PAGE_TOKEN_INVALID" => return Ok((asked.page(caller, portion("")).await?, note)),
        "SEARCH_NOT_READY" => {}
        // What cannot be asked leaves the form standing, to be changed.
        _ => drop(trouble.in_place()?),
    }
    Ok((Page::default(), note))
}

/// A part of all that the list at an address shows, such as `/admin/products?q=mug`, in an order that stays while something is done
/// to the products.
///
/// # Errors
/// Those of the list and of the search.
pub(crate) async fn matching(
    caller: &Caller,
    address: &str,
    portion: Portion,
) -> Result<Page, Status> {
    Asked::at(address).steady_page(caller, portion).await
}

fn list<'a>(
    visit: &'a Visit,
    chrome: Chrome,
    shop: &'a Shop,
    categories: &[Category],
    asked: &Asked,
    page: &'a Page,
    note: String,
) -> ListPage<'a> {
    let shown = i32::try_from(page.results.len()).unwrap_or(0);
    let currency = &shop.default_currency;
    let may_edit = chrome.may_edit();
    let rows = Rows {
        visit,
        found: &page.results,
        currency,
        amounts: Amounts::of(chrome.locale, currency),
        picked: asked.picks,
    };
    ListPage {
        here: Escaped::of(&visit.here),
        may_edit,
        resume_token: String::new(),
        chooses: may_edit,
        list_address: asked.query().at(PATH),
        pick_address: asked.query().with("pick", "page").at(PATH),
        total: format::total(page.total_size, page.total_size_capped),
        total_count: page.total_size,
        capped: page.total_size_capped,
        range: range(asked.from, shown, !page.next_page_token.is_empty()),
        by_rank: match asked.text.is_empty() || asked.sort.is_empty() {
            true => String::new(),
            false => asked.sorted("").query().at(PATH),
        },
        note,
        notes: search::notes(
            &asked.text,
            &Otherwise {
                corrected_query: &page.corrected_query,
                some_words_only: page.some_words_only,
                incomplete: page.incomplete,
            },
        ),
        sort: asked.sort.clone(),
        text: asked.text.clone(),
        states: states(&asked.state),
        categories: category_choices(categories, |category| {
            id_of(&category.name) == asked.category
        }),
        filtered: asked.is_filtered(),
        heads: heads(asked),
        rows,
        blank: ProductRow::blank(currency),
        empty: empty(asked, may_edit, page.results.is_empty()),
        pages: pages(asked, page, shown),
        request_id: Escaped::of(request_id()),
        chrome,
    }
}

fn states(current: &str) -> Vec<Choice> {
    let choice = |(key, word, _): &(&str, &str, _)| Choice {
        value: (*key).to_owned(),
        word: (*word).to_owned(),
        current: *key == current,
    };
    STATES.iter().map(choice).collect()
}

/// The tree of categories as one list, each below its parent.
pub(crate) fn category_choices(
    all: &[Category],
    current: impl Fn(&Category) -> bool,
) -> Vec<Choice> {
    let mut choices = Vec::new();
    branch(all, "", 0, &current, &mut choices);
    choices
}

fn branch(
    all: &[Category],
    parent: &str,
    depth: usize,
    current: &impl Fn(&Category) -> bool,
    choices: &mut Vec<Choice>,
) {
    for category in all.iter().filter(|category| category.parent == parent && depth < 16) {
        choices.push(Choice {
            value: id_of(&category.name).to_owned(),
            word: format!("{}{}", "– ".repeat(depth), category.title),
            current: current(category),
        });
        branch(all, &category.name, depth + 1, current, choices);
    }
}

fn heads(asked: &Asked) -> Vec<Head> {
    let head = |(word, key, _): &(&'static str, &str, &str)| {
        let descending = format!("-{key}");
        let order = match asked.sort() {
            _ if key.is_empty() => "",
            sort if sort == *key => "ascending",
            sort if sort == descending => "descending",
            _ => "",
        };
        // Times are wanted newest first, the rest from the start of the alphabet.
        let first = if *key == "changed" { descending.as_str() } else { *key };
        let next = match order {
            "ascending" => descending.as_str(),
            "descending" => *key,
            _ => first,
        };
        let href = if key.is_empty() { String::new() } else { asked.sorted(next).query().at(PATH) };
        Head { word, href, order, numeric: *word == "Price" }
    };
    HEADS.iter().map(head).collect()
}

/// Which rows of the list these are; empty when they are all of it.
pub(crate) fn range(from: i32, shown: i32, more: bool) -> String {
    if (from == 0 && !more) || shown == 0 {
        return String::new();
    }
    format!(
        "{} to {} shown",
        format::count((from + 1).into()),
        format::count((from + shown).into())
    )
}

fn pages(asked: &Asked, page: &Page, shown: i32) -> Pages {
    let next = Asked {
        page: page.next_page_token.clone(),
        from: asked.from.saturating_add(shown),
        ..asked.clone()
    };
    Pages {
        first: if asked.page.is_empty() {
            String::new()
        } else {
            asked.first_page().query().at(PATH)
        },
        next: if page.next_page_token.is_empty() { String::new() } else { next.query().at(PATH) },
    }
}

fn empty(asked: &Asked, may_edit: bool, shown: bool) -> Empty {
    let (text, link, link_text) = match (asked.is_narrowed(), asked.text.is_empty()) {
        (true, false) => (
            "Nothing was found with these filters.",
            asked.with_words_only().query().at(PATH),
            "Search without the filters",
        ),
        (true, true) => ("No product matches these filters.", PATH.to_owned(), "All products"),
        (false, false) => {
            ("Nothing was found. Try fewer or other words.", PATH.to_owned(), "All products")
        }
        (false, true) if may_edit => {
            ("There are no products yet.", "/admin/new-product".to_owned(), "Add product")
        }
        (false, true) => ("There are no products yet.", String::new(), ""),
    };
    Empty { shown, text, link, link_text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_turns_its_own_order_round() {
        let heads_at = |address: &str| heads(&Asked::at(address));
        let heads = heads_at("?sort=title&state=draft&page=abc&from=50");
        assert_eq!(heads[0].order, "ascending");
        assert_eq!(heads[0].href, "/admin/products?state=draft&sort=-title");
        assert_eq!(heads[3].href, "/admin/products?state=draft");
        let ranked = heads_at("?q=mug");
        assert!(ranked.iter().all(|head| head.order.is_empty()), "the best come first");
        assert_eq!(ranked[3].href, "/admin/products?q=mug&sort=-changed");
    }

    #[test]
    fn what_is_empty_shows_a_way_back() {
        let link = |address: &str| empty(&Asked::at(address), true, true).link;
        assert_eq!(link("?q=mug&state=draft&sort=title"), "/admin/products?q=mug");
        assert_eq!(link("?q=mug"), "/admin/products");
        assert_eq!(link("?state=draft"), "/admin/products");
        assert_eq!(link(""), "/admin/new-product");
    }
}
