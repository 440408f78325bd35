//! What was deleted in the last 30 days, newest first, each with its way back; by whom stands in the address.

use askama::Template;
use axum::response::Response;
use proto::catalog::{ListProductsRequest, ListProductsResponse, Product, ProductView};

use super::{
    card::Picture,
    chrome::Chrome,
    format,
    names::{id_of, request_id},
    people::{self, Person},
    product_list::{Choice, Head, Pages, range},
    product_row::{When, skus},
    query::Query,
    storefront::{Empty, page_or_first, resume_token},
    trouble::{Trouble, see_other},
    visit::Visit,
    words,
};

const PAGE: i32 = 50;
const PATH: &str = "/admin/deleted";

#[derive(Template)]
#[template(path = "admin/deleted.html")]
struct DeletedPage {
    chrome: Chrome,
    here: String,
    may_edit: bool,
    /// Of the form that restores many.
    request_id: String,
    total: String,
    total_count: i32,
    capped: bool,
    people: Vec<Choice>,
    /// From where in the feed of changes this page goes on.
    resume_token: String,
    /// What the list holds, in the words of the contract.
    filter: String,
    /// The name of who deleted it all; empty: anybody.
    by: String,
    /// When the newest of them was deleted.
    newest: String,
    filtered: bool,
    range: String,
    note: String,
    chooses: bool,
    heads: Vec<Head>,
    rows: Vec<DeletedRow>,
    empty: Empty,
    pages: Pages,
}

struct DeletedRow {
    id: String,
    etag: String,
    picture: String,
    title: String,
    sku: String,
    deleted: String,
    deleted_iso: String,
    deleted_full: String,
    deleted_by: String,
    until: String,
    /// Why it was not restored with many others; empty when it was, or was not asked for.
    note: String,
    request_id: String,
}

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    /// Who deleted it; empty: anybody.
    by: String,
    page: String,
    from: i32,
}

impl Asked {
    fn of(query: &Query) -> Self {
        let page = query.get("page").to_owned();
        Self { by: people::asked(query.get("by")), page, from: query.number("from") }
    }

    fn query(&self) -> Query {
        let from = if self.from > 0 { self.from.to_string() } else { String::new() };
        Query::new().with("by", &self.by).with("page", &self.page).with("from", &from)
    }

    fn first_page(&self) -> Self {
        Self { by: self.by.clone(), ..Self::default() }
    }

    fn request(&self) -> ListProductsRequest {
        let by = match self.by.as_str() {
            "" => String::new(),
            by => format!(" AND delete_actor = \"{}\"", people::actor(by)),
        };
        ListProductsRequest {
            page_size: PAGE,
            page_token: self.page.clone(),
            filter: format!("delete_time:*{by}"),
            order_by: "delete_time desc".into(),
            show_deleted: true,
            view: ProductView::Full.into(),
        }
    }
}

/// `GET /admin/deleted`.
pub(crate) async fn show(visit: Visit, query: Query) -> Result<Response, Trouble> {
    let asked = Asked::of(&query);
    if query.has_blanks() {
        return Ok(see_other(&asked.query().at(PATH)));
    }
    let chrome = visit.admin_chrome().await?.starting(&visit.gateway, &["optimistic", "in-place"]);
    let caller = &visit.caller;
    let ask = |request| async { caller.products().list_products(request).await };
    let (page, expired) = page_or_first(asked.request(), ask).await?;
    let resume_token = resume_token(page.metadata());
    let page = page.into_inner();
    let people = people(&visit, &chrome, &asked, &page).await?;
    let asked = if expired { asked.first_page() } else { asked };
    let note = if expired { words::of("PAGE_TOKEN_INVALID", &[]) } else { String::new() };
    let list = list(&visit, chrome, &asked, &page);
    visit.page(&DeletedPage { people, note, resume_token, ..list })
}

/// Those who deleted something lately, and, for an administrator, everybody who could have. Choosing one takes none of them away.
async fn people(
    visit: &Visit,
    chrome: &Chrome,
    asked: &Asked,
    page: &ListProductsResponse,
) -> Result<Vec<Choice>, Trouble> {
    let mut people = people::users(visit, chrome).await?;
    people.extend(deleters(&page.products));
    if !asked.by.is_empty() {
        let anybody = Asked::default().request();
        let request = ListProductsRequest { view: ProductView::Basic.into(), ..anybody };
        let newest = visit.caller.products().list_products(request).await?.into_inner();
        people.extend(deleters(&newest.products));
    }
    Ok(people::choices(people, &asked.by))
}

fn deleters(products: &[Product]) -> impl Iterator<Item = Person> {
    let actors = products.iter().filter_map(|product| product.delete_actor.clone());
    actors.map(|actor| (actor.name, actor.display_name))
}

fn list(visit: &Visit, chrome: Chrome, asked: &Asked, page: &ListProductsResponse) -> DeletedPage {
    let shown = i32::try_from(page.products.len()).unwrap_or(0);
    let more = !page.next_page_token.is_empty();
    let from = asked.from.saturating_add(shown);
    let next = Asked { page: page.next_page_token.clone(), from, ..asked.clone() };
    let heads = ["Product", "Deleted", "Kept until"];
    DeletedPage {
        here: visit.here.clone(),
        may_edit: chrome.may_edit(),
        request_id: request_id(),
        chooses: chrome.may_edit() && shown > 0,
        chrome,
        total: format::total(page.total_size, page.total_size_capped),
        total_count: page.total_size,
        capped: page.total_size_capped,
        people: Vec::new(),
        resume_token: String::new(),
        filter: asked.request().filter,
        by: if asked.by.is_empty() { String::new() } else { people::actor(&asked.by) },
        newest: newest(&page.products),
        filtered: !asked.by.is_empty(),
        range: range(asked.from, shown, more),
        note: String::new(),
        heads: heads
            .map(|word| Head { word, href: String::new(), order: "", numeric: false })
            .into(),
        rows: page.products.iter().map(|product| row(product, visit)).collect(),
        empty: empty(asked, page.products.is_empty()),
        pages: Pages {
            first: if asked.page.is_empty() {
                String::new()
            } else {
                asked.first_page().query().at(PATH)
            },
            next: if more { next.query().at(PATH) } else { String::new() },
        },
    }
}

/// To the microsecond, unlike what people read.
fn newest(products: &[Product]) -> String {
    let time = products.first().and_then(|product| product.delete_time.as_ref());
    time.and_then(format::timestamp).map(|time| time.to_string()).unwrap_or_default()
}

fn empty(asked: &Asked, shown: bool) -> Empty {
    if asked.by.is_empty() {
        return Empty {
            shown,
            text: "Nothing was deleted in the last 30 days.",
            link: "/admin/products".into(),
            link_text: "To the products",
        };
    }
    Empty {
        shown,
        text: "They deleted nothing in the last 30 days that is not restored.",
        link: PATH.into(),
        link_text: "Deleted by anybody",
    }
}

fn row(product: &Product, visit: &Visit) -> DeletedRow {
    let id = id_of(&product.name);
    let deleted = When::of(product.delete_time.as_ref(), visit.now);
    let picture = product.images.first().and_then(Picture::of);
    let until = product.purge_time.as_ref().and_then(format::timestamp);
    DeletedRow {
        id: id.to_owned(),
        etag: product.etag.clone(),
        picture: picture.map_or_else(String::new, |one| one.src),
        title: product.title.clone(),
        sku: match product.variants.as_slice() {
            [] => String::new(),
            [first, ..] => skus(&first.sku, product.variants.len()).into_owned(),
        },
        deleted: deleted.short,
        deleted_iso: deleted.iso,
        deleted_full: deleted.full,
        deleted_by: product
            .delete_actor
            .as_ref()
            .map(|actor| actor.display_name.clone())
            .unwrap_or_default(),
        until: until.map(format::date).unwrap_or_default(),
        note: visit.refusal(id),
        request_id: request_id(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        Asked::of(&Query::parse(query))
    }

    #[test]
    fn the_address_becomes_a_filter() {
        assert_eq!(asked("").request().filter, "delete_time:*");
        let by = |by: &str| asked(&format!("by={by}")).request().filter;
        assert_eq!(by("grace"), "delete_time:* AND delete_actor = \"users/grace\"");
        assert_eq!(by("apiKeys/01k"), "delete_time:* AND delete_actor = \"apiKeys/01k\"");
        assert_eq!(by("a%22+OR+title:*"), "delete_time:*");
    }

    #[test]
    fn the_same_list_has_one_address() {
        let one = asked("from=50&page=abc&by=grace");
        assert_eq!(one.query().at("/x"), "/x?by=grace&page=abc&from=50");
        assert_eq!(one.first_page().query().at("/x"), "/x?by=grace");
        assert_eq!(asked("by=&from=0&page=").query().at("/x"), "/x");
    }
}
