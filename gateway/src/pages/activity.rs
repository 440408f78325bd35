//! What was done in the shop, newest first; by whom, to what and on which days stands in the address.

mod asked;

use askama::Template;
use axum::response::Response;
use proto::catalog::{Category, Change, ListChangesRequest, ListChangesResponse};

use self::asked::{Asked, OF};
use super::{
    categories,
    chrome::Chrome,
    format,
    history::number,
    people::{self, Person},
    product_list::{Choice, Pages},
    product_row::When,
    query::Query,
    revision_words,
    storefront::{Empty, resume_token},
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
    total: String,
    /// Only a first page says how much is new.
    follows: bool,
    /// From where in the feed of changes this page goes on.
    resume_token: String,
    /// What the page holds, in the words of the contract.
    filter: String,
    /// The number of the newest change.
    newest: i64,
    people: Vec<Choice>,
    things: Vec<Choice>,
    from: String,
    to: String,
    filtered: bool,
    rows: Vec<Row>,
    empty: Empty,
    pages: Pages,
}

/// One change.
struct Row {
    number: i64,
    /// What the thing was called.
    title: String,
    /// Where it is edited; empty when it is there no more, or not for everybody.
    link: String,
    /// `Category` or `Shop`; nothing for a product.
    sort: &'static str,
    what: String,
    when: When,
    who: String,
    /// The name of who did it.
    actor: String,
    /// The product whose history it is in, and the version that it left there; none: nothing of it is kept.
    version: Option<(String, u64)>,
}

/// `GET /admin/activity`.
pub(crate) async fn show(visit: Visit, query: Query) -> Result<Response, Trouble> {
    let asked = Asked::of(&query);
    if query.has_blanks() {
        return Ok(see_other(&asked.query().at(PATH)));
    }
    let chrome = visit.admin_chrome().await?;
    let (page, expired) = page_or_first(&visit, &asked).await?;
    let resume_token = resume_token(page.metadata());
    let page = page.into_inner();
    let categories = categories_of(&visit, &page.changes).await?;
    let place = Place { is_admin: chrome.is_admin(), categories: &categories };
    let rows: Vec<_> = page.changes.iter().map(|change| Row::of(&visit, change, &place)).collect();
    let filtered = asked.first_page() != Asked::default();
    let next = Asked { page: page.next_page_token, ..asked.clone() };
    visit.page(&ActivityPage {
        note: if expired { words::of("PAGE_TOKEN_INVALID", &[]) } else { String::new() },
        total: total(page.total_size, page.total_size_capped),
        follows: asked.page.is_empty() || expired,
        resume_token,
        filter: asked.filter(),
        newest: rows.first().map_or(0, |row| row.number),
        people: people(people::users(&visit, &chrome).await?, &rows, &asked.by),
        things: OF.map(|(value, word)| choice(value, word, &asked.of)).into(),
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
        chrome,
    })
}

/// A page; the first one when the token is not good any more, and whether that was so.
async fn page_or_first(
    visit: &Visit,
    asked: &Asked,
) -> Result<(tonic::Response<ListChangesResponse>, bool), Trouble> {
    let request = ListChangesRequest {
        page_size: PAGE,
        page_token: asked.page.clone(),
        filter: asked.filter(),
    };
    let mut changes = visit.caller.changes();
    match changes.list_changes(request.clone()).await {
        Ok(page) => Ok((page, false)),
        Err(status) => {
            let trouble = Trouble::from(status);
            if trouble.reason() != "PAGE_TOKEN_INVALID" {
                return Err(trouble);
            }
            let first = ListChangesRequest { page_token: String::new(), ..request };
            Ok((changes.list_changes(first).await?, true))
        }
    }
}

/// The categories that there are, if any of the changes is of one.
async fn categories_of(visit: &Visit, changes: &[Change]) -> Result<Vec<Category>, Trouble> {
    if !changes.iter().any(|change| change.resource.starts_with("categories/")) {
        return Ok(Vec::new());
    }
    categories::uncounted(&visit.caller).await
}

/// What decides where an entry leads.
struct Place<'a> {
    is_admin: bool,
    categories: &'a [Category],
}

impl Row {
    fn of(visit: &Visit, change: &Change, place: &Place<'_>) -> Self {
        let actor = change.actor.clone().unwrap_or_default();
        let (collection, below) = change.resource.split_once('/').unwrap_or((&change.resource, ""));
        let id = below.split('/').next().unwrap_or_default().to_owned();
        let version = number(&change.revision);
        let version = (version > 0).then(|| (id.clone(), version));
        let is_there = place.categories.iter().any(|one| one.name == change.resource);
        let (sort, link) = match collection {
            "categories" if is_there => ("Category", format!("/admin/categories/{id}")),
            "categories" => ("Category", String::new()),
            "shop" if place.is_admin => ("Shop", "/admin/shop".to_owned()),
            "shop" => ("Shop", String::new()),
            _ if version.is_some() => ("", format!("/admin/products/{id}")),
            _ => ("", String::new()),
        };
        Self {
            number: change.number,
            title: if change.title.is_empty() { id } else { change.title.clone() },
            link,
            sort,
            what: revision_words::done(change),
            when: When::of(change.create_time.as_ref(), visit.now),
            who: actor.display_name,
            actor: actor.name,
            version,
        }
    }
}

fn total(count: i32, capped: bool) -> String {
    let more = if capped { "more than " } else { "" };
    let plural = if count == 1 { "" } else { "s" };
    format!("{more}{} change{plural}", format::count(count.into()))
}

/// Those who did something on this page, and those who could have.
fn people(users: Vec<Person>, rows: &[Row], by: &str) -> Vec<Choice> {
    let shown = rows.iter().map(|row| (row.actor.clone(), row.who.clone()));
    people::choices(users.into_iter().chain(shown), by)
}

fn choice(value: &str, word: &str, current: &str) -> Choice {
    Choice { value: value.to_owned(), word: word.to_owned(), current: value == current }
}

fn empty(shown: bool, filtered: bool) -> Empty {
    if filtered {
        return Empty {
            shown,
            text: "Nothing was done that fits this filter.",
            link: PATH.into(),
            link_text: "Show everything",
        };
    }
    Empty {
        shown,
        text: "Nothing was changed yet.",
        link: "/admin/products".into(),
        link_text: "To the products",
    }
}
