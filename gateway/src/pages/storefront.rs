//! The shop's list: everything, or one category, page by page.

use askama::Template;
use axum::{extract::Path, response::Response};
use proto::catalog::{
    Category, GetShopRequest, ListCategoriesRequest, ListProductsRequest, ProductView, Shop,
};
use tonic::{Status, metadata::MetadataMap};

use super::{
    answers::{LIST, List, Page},
    card::Cards,
    chrome::Chrome,
    crumbs::{Crumb, crumbs},
    format,
    json_ld::JsonLd,
    locale::Amounts,
    markdown::Prose,
    names::{id_of, is_slug},
    query::Query,
    tree::{Branch, path_to, walk},
    trouble::Trouble,
    visit::Visit,
    words,
};
use crate::session::Caller;

/// How many cards a page has.
const PAGE: i32 = 24;
/// More categories than a shop has.
const ALL_CATEGORIES: i32 = 1000;

#[derive(Template)]
#[template(path = "shop/list.html")]
struct ListPage<'a> {
    chrome: Chrome,
    canonical: String,
    heading: String,
    about: Prose,
    total: String,
    range: String,
    sorts: Vec<SortLink>,
    note: String,
    categories: Vec<CategoryLink>,
    trail: Option<JsonLd>,
    crumbs: Vec<Crumb>,
    at_home: bool,
    cards: Cards<'a>,
    empty: Empty,
    next: String,
    next_count: i32,
    first: String,
    progress: String,
}

struct SortLink {
    word: &'static str,
    href: String,
    current: bool,
}

struct CategoryLink {
    slug: String,
    title: String,
    current: bool,
    opens: bool,
    closes: usize,
}

/// What stands where a list has nothing.
pub(crate) struct Empty {
    pub(crate) shown: bool,
    pub(crate) text: &'static str,
    pub(crate) link: String,
    pub(crate) link_text: &'static str,
}

/// How the list is sorted: the word in the address, on the page, and in the call.
const SORTS: [(&str, &str, &str); 4] = [
    ("", "Newest", "create_time desc"),
    ("price", "Cheapest", "price"),
    ("-price", "Dearest", "price desc"),
    ("title", "A to Z", "title"),
];

/// `GET /`.
pub(crate) async fn all(visit: Visit, query: Query) -> Result<Response, Trouble> {
    list(&visit, &query, None).await
}

/// `GET /c/{slug}`.
pub(crate) async fn category(
    visit: Visit,
    Path(slug): Path<String>,
    query: Query,
) -> Result<Response, Trouble> {
    if !is_slug(&slug) {
        return Err(Trouble::NotFound);
    }
    list(&visit, &query, Some(slug)).await
}

async fn list(visit: &Visit, query: &Query, slug: Option<String>) -> Result<Response, Trouble> {
    // The shop looks the same to everybody, whoever is signed in.
    let anyone = visit.caller.anonymous();
    let (shop, categories) = surroundings(&anyone).await?;
    let category = match &slug {
        None => None,
        Some(slug) => {
            let found = categories.iter().find(|category| category.slug == *slug);
            Some(found.ok_or(Trouble::NotFound)?)
        }
    };
    let sort = SORTS.iter().position(|(key, ..)| *key == query.get("sort")).unwrap_or_default();
    let filter = category.map(|category| format!("category:\"{}\"", id_of(&category.name)));
    let request = ListProductsRequest {
        page_size: PAGE,
        page_token: query.get("page").to_owned(),
        filter: filter.unwrap_or_default(),
        order_by: SORTS[sort].2.to_owned(),
        view: ProductView::Full.into(),
        ..Default::default()
    };
    let ask = |request| anyone.ask::<_, List>(LIST, request);
    let (list, expired) = page_or_first(request, ask).await?;
    let before = if expired { 0 } else { query.number("shown") };
    let view = View { visit, shop: &shop, categories: &categories, category, sort, before };
    visit.page(&view.page(&list.into(), expired))
}

/// The metadata in which a read says where the feed of changes was.
const RESUME_TOKEN: &str = "shelf-resume-token";

/// The shop's name and its categories.
pub(crate) async fn surroundings(caller: &Caller) -> Result<(Shop, Vec<Category>), Trouble> {
    let mut shops = caller.shop();
    let shop = async {
        let request = GetShopRequest { name: "shop".into() };
        Ok::<_, Trouble>(shops.get_shop(request).await?.into_inner())
    };
    tokio::try_join!(shop, categories(caller))
}

/// All the shop's categories.
pub(crate) async fn categories(caller: &Caller) -> Result<Vec<Category>, Trouble> {
    let request = ListCategoriesRequest { page_size: ALL_CATEGORIES, ..Default::default() };
    Ok(caller.categories().list_categories(request).await?.into_inner().categories)
}

/// From where in the feed of changes whoever reads more after an answer has to go on; empty when it does not say.
pub(crate) fn resume_token(answer: &MetadataMap) -> String {
    let token = answer.get(RESUME_TOKEN).and_then(|token| token.to_str().ok());
    token.unwrap_or_default().to_owned()
}

/// A page of products; the first one when the token is not good any more, and whether that was so.
pub(crate) async fn page_or_first<A, F: Future<Output = Result<A, Status>>>(
    request: ListProductsRequest,
    ask: impl Fn(ListProductsRequest) -> F,
) -> Result<(A, bool), Trouble> {
    match ask(request.clone()).await {
        Ok(page) => Ok((page, false)),
        Err(status) => {
            let trouble = Trouble::from(status);
            if request.page_token.is_empty() || trouble.reason() != "PAGE_TOKEN_INVALID" {
                return Err(trouble);
            }
            let first = ListProductsRequest { page_token: String::new(), ..request };
            Ok((ask(first).await?, true))
        }
    }
}

struct View<'a> {
    visit: &'a Visit,
    shop: &'a Shop,
    categories: &'a [Category],
    category: Option<&'a Category>,
    sort: usize,
    before: i32,
}

impl<'a> View<'a> {
    fn page(&self, page: &'a Page, expired: bool) -> ListPage<'a> {
        let path = self.path();
        let shown = self.before.saturating_add(i32::try_from(page.results.len()).unwrap_or(0));
        let shown = if page.total_size_capped { shown } else { shown.min(page.total_size) };
        let left = page.total_size.saturating_sub(shown);
        let next = (!page.next_page_token.is_empty()).then(|| {
            let query = Query::new()
                .with("sort", SORTS[self.sort].0)
                .with("page", &page.next_page_token)
                .with("shown", &shown.to_string());
            query.at(&path)
        });
        let first = Query::new().with("sort", SORTS[self.sort].0).at(&path);
        let crumbs = crumbs(self.categories, self.category.map_or("", |one| one.name.as_str()));
        let whole = page.total_size <= shown && self.before == 0;
        let chrome = self.visit.shop_chrome(self.shop);
        let amounts = Amounts::of(chrome.locale, &self.shop.default_currency);
        ListPage {
            canonical: self.visit.canonical(&path),
            heading: self.category.map_or("All products", |one| one.title.as_str()).to_owned(),
            about: Prose::from_markdown(self.category.map_or("", |one| one.description.as_str())),
            total: format::total(page.total_size, page.total_size_capped),
            range: if whole { String::new() } else { self.range(shown) },
            sorts: self.sorts(&path),
            note: if expired { words::of("PAGE_TOKEN_INVALID", &[]) } else { String::new() },
            categories: self.links(),
            trail: self
                .category
                .map(|_| JsonLd::of_trail(&crumbs, None, self.visit.gateway.origin())),
            crumbs: crumbs.split_last().map(|(_, above)| above.to_vec()).unwrap_or_default(),
            at_home: self.category.is_none(),
            cards: Cards { found: &page.results, amounts },
            empty: Empty {
                shown: true,
                text: "Nothing stands on this shelf yet.",
                link: "/".to_owned(),
                link_text: "All products",
            },
            next: next.unwrap_or_default(),
            next_count: if page.total_size_capped { PAGE } else { left.clamp(1, PAGE) },
            first: if self.before > 0 { first } else { String::new() },
            progress: format::progress(shown, page.total_size, page.total_size_capped),
            chrome,
        }
    }

    fn path(&self) -> String {
        self.category.map_or_else(|| "/".to_owned(), |category| format!("/c/{}", category.slug))
    }

    fn range(&self, shown: i32) -> String {
        let first = format::count((self.before + 1).into());
        format!("{first} to {} shown", format::count(shown.into()))
    }

    fn sorts(&self, path: &str) -> Vec<SortLink> {
        let sorts = SORTS.iter().enumerate();
        sorts
            .map(|(index, (key, word, _))| SortLink {
                word,
                href: Query::new().with("sort", key).at(path),
                current: index == self.sort,
            })
            .collect()
    }

    /// The categories at the top, and below each what is open.
    fn links(&self) -> Vec<CategoryLink> {
        let here = self.category.map_or("", |category| category.name.as_str());
        let path = path_to(self.categories, here);
        let open = |one: &Category| path.iter().any(|above| above.name == one.name);
        let branches = walk(self.categories, open).into_iter();
        branches
            .map(|Branch { category, opens, closes, .. }| CategoryLink {
                slug: category.slug.clone(),
                title: category.title.clone(),
                current: category.name == here,
                opens,
                closes,
            })
            .collect()
    }
}
