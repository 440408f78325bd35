//! The admin's list of products. What it shows stands in the address: text, state, category, order, page.

use askama::Template;
use axum::response::Response;
use proto::catalog::{Category, ListProductsRequest, ListProductsResponse, ProductView, Shop};

use super::{
    chrome::Chrome,
    format,
    names::{id_of, is_id, request_id},
    product_row::ProductRow,
    query::Query,
    storefront::{Empty, page_or_first, surroundings},
    trouble::{Trouble, see_other},
    visit::Visit,
    words,
};

/// How many rows a page has.
const PAGE: i32 = 50;
const PATH: &str = "/admin/products";
/// The order when the address names none: what was changed last comes first.
const DEFAULT_SORT: &str = "-changed";

#[derive(Template)]
#[template(path = "admin/products.html")]
struct ListPage {
    chrome: Chrome,
    here: String,
    may_edit: bool,
    request_id: String,
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
    note: String,
    sort: String,
    text: String,
    states: Vec<Choice>,
    categories: Vec<Choice>,
    filtered: bool,
    heads: Vec<Head>,
    rows: Vec<ProductRow>,
    blank: ProductRow,
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

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    text: String,
    state: String,
    category: String,
    sort: String,
    page: String,
    from: i32,
    /// Whether its rows are ticked; not part of what the list shows.
    picks: bool,
}

/// `GET /admin/products`.
pub(crate) async fn show(visit: Visit, query: Query) -> Result<Response, Trouble> {
    let asked = Asked::of(&query);
    if query.has_blanks() {
        return Ok(see_other(&asked.query().at(PATH)));
    }
    let request = ListProductsRequest {
        page_size: PAGE,
        page_token: asked.page.clone(),
        filter: asked.filter(),
        order_by: asked.order_by(),
        view: ProductView::Full.into(),
        ..Default::default()
    };
    let chrome = visit.admin_chrome().await?.starting(&visit.gateway, &["optimistic", "in-place"]);
    let (shop, categories) = surroundings(&visit.caller).await?;
    let (page, note) = match page_or_first(&visit.caller, request).await {
        Ok((page, false)) => (page, String::new()),
        Ok((page, true)) => (page, words::of("PAGE_TOKEN_INVALID", &[])),
        // A filter that cannot be read leaves the form standing, to be changed.
        Err(trouble) => {
            let reason = trouble.reason();
            trouble.in_place()?;
            (ListProductsResponse::default(), words::of(&reason, &[]))
        }
    };
    visit.page(&list(&visit, chrome, &shop, &categories, &asked, &page, note))
}

fn list(
    visit: &Visit,
    chrome: Chrome,
    shop: &Shop,
    categories: &[Category],
    asked: &Asked,
    page: &ListProductsResponse,
    note: String,
) -> ListPage {
    let shown = i32::try_from(page.products.len()).unwrap_or(0);
    let currency = &shop.default_currency;
    let may_edit = chrome.may_edit();
    let filtered = Asked { sort: String::new(), ..asked.first_page() } != Asked::default();
    ListPage {
        here: visit.here.clone(),
        may_edit,
        request_id: request_id(),
        chooses: may_edit,
        list_address: asked.query().at(PATH),
        pick_address: asked.query().with("pick", "page").at(PATH),
        total: format::total(page.total_size, page.total_size_capped),
        total_count: page.total_size,
        capped: page.total_size_capped,
        range: range(asked.from, shown, !page.next_page_token.is_empty()),
        note,
        sort: asked.sort.clone(),
        text: asked.text.clone(),
        states: states(&asked.state),
        categories: category_choices(categories, |category| {
            id_of(&category.name) == asked.category
        }),
        filtered,
        heads: heads(asked),
        rows: page
            .products
            .iter()
            .map(|product| {
                let row = ProductRow::of(product, currency, visit.now);
                let note = visit.refusal(&row.id);
                ProductRow { picked: asked.picks || !note.is_empty(), note, ..row }
            })
            .collect(),
        blank: ProductRow::blank(currency),
        empty: empty(filtered, may_edit, page.products.is_empty()),
        pages: pages(asked, page, shown),
        chrome,
    }
}

/// The filter of the list at an address, such as `/admin/products?state=draft`.
pub(crate) fn filter_at(address: &str) -> String {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    Asked::of(&Query::parse(query)).filter()
}

impl Asked {
    fn of(query: &Query) -> Self {
        let known = |wanted: &str| STATES.iter().any(|(key, ..)| *key == wanted);
        let sort = query.get("sort");
        let sortable = HEADS.iter().any(|(_, key, ..)| sort.trim_start_matches('-') == *key);
        let category = query.get("category");
        let state = query.get("state");
        Self {
            text: query.get("q").chars().take(200).collect(),
            state: if known(state) { state.to_owned() } else { String::new() },
            category: if is_id(category) { category.to_owned() } else { String::new() },
            sort: if sortable && sort != DEFAULT_SORT { sort.to_owned() } else { String::new() },
            page: query.get("page").to_owned(),
            from: query.number("from"),
            picks: query.get("pick") == "page",
        }
    }

    fn query(&self) -> Query {
        let from = if self.page.is_empty() { String::new() } else { self.from.to_string() };
        Query::new()
            .with("q", &self.text)
            .with("state", &self.state)
            .with("category", &self.category)
            .with("sort", &self.sort)
            .with("page", &self.page)
            .with("from", &from)
    }

    fn first_page(&self) -> Self {
        Self { page: String::new(), from: 0, picks: false, ..self.clone() }
    }

    fn sorted(&self, sort: &str) -> Self {
        let sort = if sort == DEFAULT_SORT { "" } else { sort };
        Self { sort: sort.to_owned(), ..self.first_page() }
    }

    fn sort(&self) -> &str {
        if self.sort.is_empty() { DEFAULT_SORT } else { &self.sort }
    }

    /// AIP-160: every word somewhere in title, brand or SKU.
    fn filter(&self) -> String {
        let mut terms: Vec<String> = self.text.split_whitespace().map(quoted).collect();
        if let Some((.., term)) = STATES.iter().find(|(key, ..)| *key == self.state) {
            terms.push((*term).to_owned());
        }
        if !self.category.is_empty() {
            terms.push(format!("category:\"{}\"", self.category));
        }
        terms.join(" AND ")
    }

    fn order_by(&self) -> String {
        let key = self.sort().trim_start_matches('-');
        let field =
            HEADS.iter().find(|(_, other, ..)| *other == key).map_or("update_time", |head| head.2);
        format!("{field}{}", if self.sort().starts_with('-') { " desc" } else { "" })
    }
}

fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Key in the address, word on the page, term of the filter.
const STATES: [(&str, &str, &str); 3] = [
    ("draft", "Draft", "state = DRAFT"),
    ("published", "Published", "state = ACTIVE"),
    ("archived", "Archived", "state = ARCHIVED"),
];

/// Word on the page, key in the address, field of the contract; empty: it cannot be sorted by.
const HEADS: [(&str, &str, &str); 4] = [
    ("Product", "title", "title"),
    ("State", "", ""),
    ("Price", "price", "price"),
    ("Changed", "changed", "update_time"),
];

fn states(current: &str) -> Vec<Choice> {
    let choice = |(key, word, _): &(&str, &str, &str)| Choice {
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

fn pages(asked: &Asked, page: &ListProductsResponse, shown: i32) -> Pages {
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

fn empty(filtered: bool, may_edit: bool, shown: bool) -> Empty {
    if filtered {
        return Empty {
            shown,
            text: "No product matches these filters.",
            link: PATH,
            link_text: "Clear the filters",
        };
    }
    let (link, link_text) = if may_edit { ("/admin/new-product", "Add product") } else { ("", "") };
    Empty { shown, text: "There are no products yet.", link, link_text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        let pairs = form_urlencoded::parse(query.as_bytes());
        Asked::of(&pairs.fold(Query::new(), |query, (name, value)| query.with(&name, &value)))
    }

    #[test]
    fn the_address_becomes_a_filter() {
        let filter = asked("q=blue+\"mug&state=draft&category=kitchen").filter();
        assert_eq!(filter, r#""blue" AND "\"mug" AND state = DRAFT AND category:"kitchen""#);
        assert_eq!(asked("state=nonsense&category=a%22b").filter(), "");
    }

    #[test]
    fn the_same_list_has_one_address() {
        let one = asked("sort=-changed&category=kitchen&q=mug").query().at(PATH);
        assert_eq!(one, "/admin/products?q=mug&category=kitchen");
    }

    #[test]
    fn a_head_turns_its_own_order_round() {
        let heads = heads(&asked("sort=title&q=mug&page=abc&from=50"));
        assert_eq!(heads[0].order, "ascending");
        assert_eq!(heads[0].href, "/admin/products?q=mug&sort=-title");
        assert_eq!(heads[3].href, "/admin/products?q=mug");
        assert_eq!(asked("sort=-price").order_by(), "price desc");
        assert_eq!(asked("").order_by(), "update_time desc");
    }
}
