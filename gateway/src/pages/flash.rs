//! The message after an action: which one, and of which product if of one, travel in a short-lived cookie, never a text.
//!
//! The next page looks the product up, so what it says is true when it is said, and Undo carries the etag of that moment.

use http::{HeaderMap, HeaderValue, header};
use proto::catalog::{
    GetCategoryRequest, GetProductRequest, Product, ProductRevision, ProductView, product::State,
    product_revision::Change,
};

use super::{
    history,
    names::{id_of, is_id, request_id},
    visit::{Visit, cookie},
    words,
};
use axum::response::Response;
use tonic::Code;

mod many;

pub(crate) use many::{Many, leave_many};

const COOKIE: &str = "flash";

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Created,
    Saved,
    Deleted,
    Undeleted,
    Published,
    /// What was archived before.
    PublishedArchived,
    Unpublished,
    /// What was archived before.
    UnpublishedArchived,
    Archived,
    ArchivedDraft,
    Expunged,
    RolledBack,
    VariantCreated,
    VariantSaved,
    VariantDeleted,
    CategoryCreated,
    CategorySaved,
    CategoryMoved,
    CategoryDeleted,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flash {
    /// To which product or category.
    One {
        done: Done,
        id: String,
        /// The category that a moved one stood below; empty: at the top.
        from: String,
    },
    /// To how many products.
    Many(Many),
    /// A sentence that names nothing, by its code.
    Said(&'static str),
}

/// The codes of the sentences that name nothing.
const SAID: [&str; 9] = [
    "shop-saved",
    "user-created",
    "user-saved",
    "user-deleted",
    "password-given",
    "password-changed",
    "session-ended",
    "sessions-ended",
    "key-deleted",
];

/// A message as the page shows it.
#[derive(Clone, Debug)]
pub(crate) struct FlashView {
    pub(crate) text: String,
    pub(crate) undo: Option<Undo>,
}

/// The form that takes the action back.
#[derive(Clone, Debug)]
pub(crate) struct Undo {
    pub(crate) action: String,
    pub(crate) etag: String,
    pub(crate) request_id: String,
    /// What else the form says.
    pub(crate) fields: Vec<(&'static str, String)>,
}

impl Done {
    const ALL: [Self; 19] = [
        Self::Created,
        Self::Saved,
        Self::Deleted,
        Self::Undeleted,
        Self::Published,
        Self::PublishedArchived,
        Self::Unpublished,
        Self::UnpublishedArchived,
        Self::Archived,
        Self::ArchivedDraft,
        Self::Expunged,
        Self::RolledBack,
        Self::VariantCreated,
        Self::VariantSaved,
        Self::VariantDeleted,
        Self::CategoryCreated,
        Self::CategorySaved,
        Self::CategoryMoved,
        Self::CategoryDeleted,
    ];

    /// The code of its sentence in the words.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Saved => "saved",
            Self::Deleted => "deleted",
            Self::Undeleted => "undeleted",
            Self::Published => "published",
            Self::PublishedArchived => "published-archived",
            Self::Unpublished => "unpublished",
            Self::UnpublishedArchived => "unpublished-archived",
            Self::Archived => "archived",
            Self::ArchivedDraft => "archived-draft",
            Self::Expunged => "expunged",
            Self::RolledBack => "rolled-back",
            Self::VariantCreated => "variant-created",
            Self::VariantSaved => "variant-saved",
            Self::VariantDeleted => "variant-deleted",
            Self::CategoryCreated => "category-created",
            Self::CategorySaved => "category-saved",
            Self::CategoryMoved => "category-moved",
            Self::CategoryDeleted => "category-deleted",
        }
    }

    /// Whether it was done to a category.
    fn is_of_category(self) -> bool {
        use Done::{CategoryCreated, CategoryDeleted, CategoryMoved, CategorySaved};
        matches!(self, CategoryCreated | CategorySaved | CategoryMoved | CategoryDeleted)
    }

    /// Whether it still holds, so that a replayed answer claims nothing that was undone since.
    fn holds(self, product: &Product) -> bool {
        let (deleted, state) = (product.delete_time.is_some(), product.state());
        let active = state == State::Active;
        match self {
            Self::Deleted => deleted,
            Self::Published | Self::PublishedArchived => !deleted && active,
            Self::Unpublished => !deleted && !active,
            Self::UnpublishedArchived => !deleted && state == State::Draft,
            Self::Archived | Self::ArchivedDraft => !deleted && state == State::Archived,
            Self::Expunged => false,
            _ => !deleted,
        }
    }

    fn undo(self) -> Option<&'static str> {
        match self {
            Self::Deleted => Some("undelete"),
            Self::Undeleted => Some("delete"),
            Self::Published => Some("unpublish"),
            Self::Unpublished | Self::Archived => Some("publish"),
            Self::ArchivedDraft => Some("unpublish"),
            Self::PublishedArchived | Self::UnpublishedArchived => Some("archive"),
            _ => None,
        }
    }
}

impl Flash {
    /// The message in a request's cookie; anything but a known code and an id is nothing.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        Self::parse(cookie(headers, COOKIE)?)
    }

    fn parse(value: &str) -> Option<Self> {
        let Some((code, rest)) = value.split_once('.') else {
            return SAID.into_iter().find(|code| *code == value).map(Self::Said);
        };
        if code == "many" {
            return Many::parse(rest).map(Self::Many);
        }
        let (id, from) = rest.split_once('.').unwrap_or((rest, ""));
        let done = Done::ALL.into_iter().find(|done| done.code() == code)?;
        let are_ids = is_id(id) && (from.is_empty() || is_id(from));
        are_ids.then(|| Self::One { done, id: id.to_owned(), from: from.to_owned() })
    }

    /// Why the last action was not done to a product among many.
    pub(crate) fn refusal(&self, id: &str) -> Option<&str> {
        match self {
            Self::One { .. } | Self::Said(_) => None,
            Self::Many(many) => many.refusal(id),
        }
    }
}

/// Leaves a message about a product or category for the next page.
pub(crate) fn leave(response: Response, done: Done, id: &str) -> Response {
    keep(response, &format!("{}.{id}", done.code()))
}

/// Leaves the message that a category was moved; `from` is the id of the one that it stood below, if it did.
pub(crate) fn leave_moved(response: Response, id: &str, from: &str) -> Response {
    keep(response, &format!("{}.{id}.{from}", Done::CategoryMoved.code()))
}

/// Leaves a sentence that names nothing for the next page.
pub(crate) fn say(response: Response, code: &'static str) -> Response {
    keep(response, code)
}

fn keep(mut response: Response, value: &str) -> Response {
    let cookie = format!("{COOKIE}={value}; Path=/admin; SameSite=Lax; HttpOnly; Max-Age=60");
    if let (Some(_), Ok(cookie)) = (Flash::parse(value), HeaderValue::try_from(cookie)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The cookie that forgets a message once it was shown.
pub(crate) fn seen() -> HeaderValue {
    HeaderValue::from_static("flash=; Path=/admin; SameSite=Lax; HttpOnly; Max-Age=0")
}

/// The message as it is true now. A page is not worth failing for it.
pub(crate) async fn shown(visit: &Visit, flash: Option<&Flash>) -> Option<FlashView> {
    let (done, id, from) = match flash? {
        Flash::One { done, id, from } => (done, id, from),
        Flash::Many(many) => return Some(many.shown(visit).await),
        Flash::Said(code) => return Some(FlashView { text: words::of(code, &[]), undo: None }),
    };
    if done.is_of_category() {
        return of_category(visit, *done, id, from).await;
    }
    let name = format!("products/{id}");
    let request = GetProductRequest { name, view: ProductView::Basic.into() };
    let product = match visit.caller.products().get_product(request).await {
        Ok(product) => product.into_inner(),
        // Its name is gone with it.
        Err(status) if *done == Done::Expunged && status.code() == Code::NotFound => {
            return Some(FlashView { text: words::of("expunged-unnamed", &[]), undo: None });
        }
        Err(_) => return None,
    };
    if *done == Done::RolledBack {
        let newest = history::newest(visit, id).await.ok()?;
        return Some(rolled_back(id, &product, newest.as_ref()));
    }
    Some(view(*done, id, &product))
}

async fn of_category(visit: &Visit, done: Done, id: &str, from: &str) -> Option<FlashView> {
    let request = GetCategoryRequest { name: format!("categories/{id}") };
    let category = match visit.caller.categories().get_category(request).await {
        Ok(category) => category.into_inner(),
        Err(status) if done == Done::CategoryDeleted && status.code() == Code::NotFound => {
            return Some(FlashView { text: words::of(done.code(), &[]), undo: None });
        }
        Err(_) => return None,
    };
    let title = [("title", category.title.as_str())];
    if done == Done::CategoryDeleted
        || (done == Done::CategoryMoved && id_of(&category.parent) == from)
    {
        return Some(FlashView { text: words::of("undone", &title), undo: None });
    }
    let below = if from.is_empty() { String::new() } else { format!("categories/{from}") };
    let undo = (done == Done::CategoryMoved).then(|| Undo {
        action: format!("/admin/categories/{id}/move?parent={below}"),
        etag: category.etag.clone(),
        request_id: request_id(),
        fields: Vec::new(),
    });
    Some(FlashView { text: words::of(done.code(), &title), undo })
}

fn view(done: Done, id: &str, product: &Product) -> FlashView {
    let title = [("title", product.title.as_str())];
    if !done.holds(product) {
        return FlashView { text: words::of("undone", &title), undo: None };
    }
    let undo = done.undo().map(|verb| Undo {
        action: format!("/admin/products/{id}/{verb}"),
        etag: product.etag.clone(),
        request_id: request_id(),
        fields: Vec::new(),
    });
    FlashView { text: words::of(done.code(), &title), undo }
}

/// Going back is undone by going to the revision before, as long as nothing came after.
fn rolled_back(id: &str, product: &Product, newest: Option<&ProductRevision>) -> FlashView {
    let title = [("title", product.title.as_str())];
    let Some(newest) = newest.filter(|newest| newest.change() == Change::RolledBack) else {
        return FlashView { text: words::of("undone", &title), undo: None };
    };
    let undo = history::number(&newest.name).checked_sub(1).map(|before| Undo {
        action: format!("/admin/products/{id}/roll-back"),
        etag: product.etag.clone(),
        request_id: request_id(),
        fields: vec![("revision", before.to_string())],
    });
    let version = history::number(&newest.restored_revision).to_string();
    let values = [("title", product.title.as_str()), ("version", &version)];
    FlashView { text: words::of(Done::RolledBack.code(), &values), undo }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("deleted.enamel-mug", true)]
    #[case("variant-saved.a1", true)]
    #[case("category-moved.mugs.", true)]
    #[case("category-moved.mugs.kitchen", true)]
    #[case("category-moved.mugs.a b", false)]
    #[case("deleted.<script>", false)]
    #[case("deleted.", false)]
    #[case("hacked.enamel-mug", false)]
    #[case("deleted", false)]
    #[case("shop-saved", true)]
    #[case("INTERNAL", false)]
    #[case("deleted.../../x", false)]
    fn a_flash_is_a_known_code_with_an_id_where_it_needs_one(
        #[case] value: &str,
        #[case] taken: bool,
    ) {
        assert_eq!(Flash::parse(value).is_some(), taken);
    }

    #[test]
    fn every_sentence_is_there() {
        for code in SAID {
            assert!(words::find(code, &[]).is_some(), "{code}");
        }
    }

    #[test]
    fn a_replay_that_was_undone_since_claims_nothing() {
        let live = Product { title: "Mug".into(), ..Default::default() };
        let shown = view(Done::Deleted, "mug", &live);
        assert!(shown.undo.is_none());
        assert!(!shown.text.contains("Mug deleted"), "{}", shown.text);
    }

    #[test]
    fn undo_carries_the_etag_of_the_moment() {
        let deleted = Product {
            title: "Mug".into(),
            etag: "\"v2\"".into(),
            delete_time: Some(prost_types::Timestamp::default()),
            ..Default::default()
        };
        let undo = view(Done::Deleted, "mug", &deleted).undo.unwrap();
        assert_eq!(
            (undo.action.as_str(), undo.etag.as_str()),
            ("/admin/products/mug/undelete", "\"v2\"")
        );
    }
}
