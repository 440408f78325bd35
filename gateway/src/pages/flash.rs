//! The message after an action: which one and of which product travel in a short-lived cookie, never a text.
//!
//! The next page looks the product up, so what it says is true when it is said, and Undo carries the etag of that moment.

use http::{HeaderMap, HeaderValue, header};
use proto::catalog::{GetProductRequest, Product, ProductView, product::State};

use super::{
    names::{is_id, request_id},
    visit::{Visit, cookie},
    words,
};
use axum::response::Response;

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
    Unpublished,
    VariantCreated,
    VariantSaved,
    VariantDeleted,
}

/// What was done, and to which product, or to how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flash {
    One { done: Done, product: String },
    Many(Many),
}

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
    const ALL: [Self; 9] = [
        Self::Created,
        Self::Saved,
        Self::Deleted,
        Self::Undeleted,
        Self::Published,
        Self::Unpublished,
        Self::VariantCreated,
        Self::VariantSaved,
        Self::VariantDeleted,
    ];

    /// The code of its sentence in the words.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Saved => "saved",
            Self::Deleted => "deleted",
            Self::Undeleted => "undeleted",
            Self::Published => "published",
            Self::Unpublished => "unpublished",
            Self::VariantCreated => "variant-created",
            Self::VariantSaved => "variant-saved",
            Self::VariantDeleted => "variant-deleted",
        }
    }

    /// Whether it still holds, so that a replayed answer claims nothing that was undone since.
    fn holds(self, product: &Product) -> bool {
        let (deleted, active) = (product.delete_time.is_some(), product.state() == State::Active);
        match self {
            Self::Deleted => deleted,
            Self::Published => !deleted && active,
            Self::Unpublished => !deleted && !active,
            _ => !deleted,
        }
    }

    fn undo(self) -> Option<&'static str> {
        match self {
            Self::Deleted => Some("undelete"),
            Self::Undeleted => Some("delete"),
            Self::Published => Some("unpublish"),
            Self::Unpublished => Some("publish"),
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
        let (code, product) = value.split_once('.')?;
        if code == "many" {
            return Many::parse(product).map(Self::Many);
        }
        let done = Done::ALL.into_iter().find(|done| done.code() == code)?;
        is_id(product).then(|| Self::One { done, product: product.to_owned() })
    }

    /// Why the last action was not done to a product among many.
    pub(crate) fn refusal(&self, id: &str) -> Option<&str> {
        match self {
            Self::One { .. } => None,
            Self::Many(many) => many.refusal(id),
        }
    }
}

/// Leaves a message for the next page.
pub(crate) fn leave(mut response: Response, done: Done, product: &str) -> Response {
    let cookie = format!(
        "{COOKIE}={}.{product}; Path=/admin; SameSite=Lax; HttpOnly; Max-Age=60",
        done.code()
    );
    if let (true, Ok(cookie)) = (is_id(product), HeaderValue::try_from(cookie)) {
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
    let (done, id) = match flash? {
        Flash::One { done, product } => (done, product),
        Flash::Many(many) => return Some(many.shown(visit).await),
    };
    let name = format!("products/{id}");
    let request = GetProductRequest { name, view: ProductView::Basic.into() };
    let product = visit.caller.products().get_product(request).await.ok()?.into_inner();
    Some(view(*done, id, &product))
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("deleted.enamel-mug", true)]
    #[case("variant-saved.a1", true)]
    #[case("deleted.<script>", false)]
    #[case("deleted.", false)]
    #[case("hacked.enamel-mug", false)]
    #[case("deleted", false)]
    #[case("deleted.../../x", false)]
    fn a_flash_is_a_known_code_and_an_id(#[case] value: &str, #[case] taken: bool) {
        assert_eq!(Flash::parse(value).is_some(), taken);
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
