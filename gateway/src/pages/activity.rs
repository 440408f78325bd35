//! What was done to products across the shop, newest first; by whom and on which days stands in the address.

use askama::Template;
use axum::response::Response;
use jiff::{ToSpan as _, civil::Date};
use proto::catalog::{ListProductRevisionsRequest, ListProductRevisionsResponse, ProductView};

use super::{
    chrome::Chrome,
    history::Entry,
    names::{id_of, is_id},
    product_list::{Choice, Pages},
    query::Query,
    storefront::Empty,
    trouble::{Trouble, see_other},
    visit::Visit,
    words,
};

const PAGE: i32 = 50;
const PATH: &str = "/admin/activity";

#[derive(Template)]
#[template(path = "admin/activity.html")]
struct ActivityPage {
    chrome: Chrome,
    note: String,
    people: Vec<Choice>,
    from: String,
    to: String,
    filtered: bool,
    rows: Vec<Entry>,
    empty: Empty,
    pages: Pages,
}

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    /// The id of a user.
    by: String,
    from: Option<Date>,
    to: Option<Date>,
    page: String,
}

/// `GET /admin/activity`.
pub(crate) async fn show(visit: Visit, query: Query) -> Result<Response, Trouble> {
    let asked = Asked::of(&query);
    if query.has_blanks() {
        return Ok(see_other(&asked.query().at(PATH)));
    }
    let chrome = visit.admin_chrome().await?;
    let (page, expired) = page_or_first(&visit, &asked).await?;
    let rows: Vec<_> =
        page.product_revisions.iter().map(|one| Entry::of(&visit, one, None)).collect();
    let filtered = asked.first_page() != Asked::default();
    let next = Asked { page: page.next_page_token.clone(), ..asked.clone() };
    visit.page(&ActivityPage {
        chrome,
        note: if expired { words::of("PAGE_TOKEN_INVALID", &[]) } else { String::new() },
        people: people(&rows, &asked.by),
        from: asked.from.map(|day| day.to_string()).unwrap_or_default(),
        to: asked.to.map(|day| day.to_string()).unwrap_or_default(),
        filtered,
        empty: empty(rows.is_empty(), filtered),
        rows,
        pages: Pages {
            first: if asked.page.is_empty() {
                String::new()
            } else {
                asked.first_page().query().at(PATH)
            },
            next: if next.page.is_empty() { String::new() } else { next.query().at(PATH) },
        },
    })
}

/// A page; the first one when the token is not good any more, and whether that was so.
async fn page_or_first(
    visit: &Visit,
    asked: &Asked,
) -> Result<(ListProductRevisionsResponse, bool), Trouble> {
    let request = ListProductRevisionsRequest {
        parent: "products/-".to_owned(),
        page_size: PAGE,
        page_token: asked.page.clone(),
        filter: asked.filter(),
        view: ProductView::Basic.into(),
    };
    let mut products = visit.caller.products();
    match products.list_product_revisions(request.clone()).await {
        Ok(page) => Ok((page.into_inner(), false)),
        Err(status) => {
            let trouble = Trouble::from(status);
            if trouble.reason() != "PAGE_TOKEN_INVALID" {
                return Err(trouble);
            }
            let first = ListProductRevisionsRequest { page_token: String::new(), ..request };
            Ok((products.list_product_revisions(first).await?.into_inner(), true))
        }
    }
}

impl Asked {
    fn of(query: &Query) -> Self {
        let day = |name: &str| query.get(name).parse().ok();
        let by = query.get("by");
        Self {
            by: if is_id(by) { by.to_owned() } else { String::new() },
            from: day("from"),
            to: day("to"),
            page: query.get("page").to_owned(),
        }
    }

    fn query(&self) -> Query {
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        Query::new()
            .with("by", &self.by)
            .with("from", &day(self.from))
            .with("to", &day(self.to))
            .with("page", &self.page)
    }

    fn first_page(&self) -> Self {
        Self { page: String::new(), ..self.clone() }
    }

    /// AIP-160; the last day belongs to the range.
    fn filter(&self) -> String {
        let mut terms = Vec::new();
        if !self.by.is_empty() {
            terms.push(format!("actor = \"{}\"", actor(&self.by)));
        }
        if let Some(day) = self.from {
            terms.push(format!("create_time >= {day}"));
        }
        if let Some(day) = self.to.and_then(|day| day.checked_add(1.day()).ok()) {
            terms.push(format!("create_time < {day}"));
        }
        terms.join(" AND ")
    }
}

/// The name of who did something, by the id in the address.
fn actor(id: &str) -> String {
    if id == SYSTEM { SYSTEM.to_owned() } else { format!("users/{id}") }
}

/// What Shelf itself is called.
const SYSTEM: &str = "system";

/// Those who did something on this page, and who was asked for.
fn people(rows: &[Entry], by: &str) -> Vec<Choice> {
    let mut people: Vec<Choice> = Vec::new();
    let mut add = |value: &str, word: &str| {
        if !value.is_empty() && people.iter().all(|other| other.value != value) {
            let (value, word, current) = (value.to_owned(), word.to_owned(), value == by);
            people.push(Choice { value, word, current });
        }
    };
    for row in rows {
        add(id_of(&row.actor), &row.who);
    }
    add(by, by);
    people.sort_by(|a, b| a.word.cmp(&b.word));
    people
}

fn empty(shown: bool, filtered: bool) -> Empty {
    if filtered {
        return Empty {
            shown,
            text: "Nothing was changed by that person on those days.",
            link: PATH,
            link_text: "Show everything",
        };
    }
    Empty {
        shown,
        text: "Nothing was changed yet.",
        link: "/admin/products",
        link_text: "To the products",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        let pairs = form_urlencoded::parse(query.as_bytes());
        Asked::of(&pairs.fold(Query::new(), |query, (name, value)| query.with(&name, &value)))
    }

    #[test]
    fn the_address_becomes_a_filter_that_holds_its_last_day() {
        let filter = asked("by=grace&from=2026-11-01&to=2026-11-30").filter();
        let expected =
            "actor = \"users/grace\" AND create_time >= 2026-11-01 AND create_time < 2026-12-01";
        assert_eq!(filter, expected);
        assert_eq!(asked("by=system").filter(), "actor = \"system\"");
        assert_eq!(asked("by=a%22b&from=soon&to=2026-02-31").filter(), "");
    }

    #[test]
    fn the_same_list_has_one_address() {
        let one = asked("to=2026-11-30&by=grace&from=").query().at(PATH);
        assert_eq!(one, "/admin/activity?by=grace&to=2026-11-30");
    }
}
