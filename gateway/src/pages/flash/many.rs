//! The message after something was done to many products: how many, which, and why not the others.
//!
//! Like any message it carries ids and codes, never a text; the next page looks the products up for Undo.

use http::{HeaderValue, header};
use proto::catalog::{BatchGetProductsRequest, Product, ProductView};

use super::{COOKIE, Done, FlashView, Undo};
use crate::pages::{
    bulk::Verb,
    format,
    names::{id_of, is_id, request_id},
    visit::Visit,
    words,
};
use axum::response::Response;

/// What a cookie may weigh: browsers keep 4,096 bytes with the name and the attributes.
const LARGEST: usize = 3_900;

/// What was done to many products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Many {
    /// None: nothing was chosen.
    verb: Option<Verb>,
    done: usize,
    all: usize,
    /// Those it was done to, when they are few enough for Undo.
    ids: Vec<String>,
    /// Those it was not done to, with the reason.
    refused: Vec<(String, String)>,
}

impl Many {
    /// How many products one click takes back: a page of the list.
    pub(crate) const UNDOABLE: usize = 50;

    /// Nothing was chosen.
    pub(crate) fn nothing() -> Self {
        Self { verb: None, done: 0, all: 0, ids: Vec::new(), refused: Vec::new() }
    }

    /// To how many it was done, what Undo would take back, and why it was not done to the others.
    pub(crate) fn of(
        verb: Verb,
        done: usize,
        ids: Vec<String>,
        refused: Vec<(String, String)>,
    ) -> Self {
        let all = done + refused.len();
        let undoable = verb.opposite().is_some() && ids.len() <= Self::UNDOABLE;
        let ids = if undoable { ids } else { Vec::new() };
        Self { verb: Some(verb), done, all, ids, refused }
    }

    /// Why it was not done to a product.
    pub(crate) fn refusal(&self, id: &str) -> Option<&str> {
        let refused = self.refused.iter().find(|(other, _)| other == id);
        refused.map(|(_, reason)| reason.as_str())
    }

    pub(super) fn parse(value: &str) -> Option<Self> {
        let mut parts = value.split('.');
        let mut next = || parts.next();
        let (verb, done, all) = (next()?, next()?.parse().ok()?, next()?.parse().ok()?);
        let (ids, refused) = (next()?, next()?);
        let ids = ids.split('~').filter(|id| is_id(id)).map(ToOwned::to_owned).collect();
        let one = |one: &str| {
            let (id, reason) = one.split_once('!')?;
            let plain = reason.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
            (is_id(id) && plain).then(|| (id.to_owned(), reason.to_owned()))
        };
        let refused = refused.split('~').filter_map(one).collect();
        Some(Self { verb: Verb::of(verb), done, all, ids, refused })
    }

    /// Whether a message holds all of it.
    pub(crate) fn fits(&self) -> bool {
        self.written(&self.ids.join("~"), self.refused.len()).len() <= LARGEST
    }

    fn written(&self, ids: &str, refused: usize) -> String {
        let verb = self.verb.map_or("nothing", Verb::key);
        let refused = self.refused.iter().take(refused);
        let refused: Vec<_> = refused.map(|(id, reason)| format!("{id}!{reason}")).collect();
        format!("many.{verb}.{}.{}.{ids}.{}", self.done, self.all, refused.join("~"))
    }

    /// What the cookie holds. When it would be too much, Undo goes first, then reasons: the counts always stay.
    fn value(&self) -> String {
        let mut value = self.written(&self.ids.join("~"), self.refused.len());
        let mut count = self.refused.len();
        while value.len() > LARGEST && count > 0 {
            value = self.written("", count);
            count /= 2;
        }
        if value.len() > LARGEST { self.written("", 0) } else { value }
    }

    pub(super) async fn shown(&self, visit: &Visit) -> FlashView {
        let Some(verb) = self.verb else {
            return FlashView { text: words::of("nothing-chosen", &[]), undo: None };
        };
        let products = self.products(visit).await;
        let still = done_of(verb).is_none_or(|done| products.iter().all(|one| done.holds(one)));
        if !still {
            let text = words::of("undone", &[("title", "the list")]);
            return FlashView { text, undo: None };
        }
        let opposite = verb.opposite().filter(|_| !products.is_empty());
        let undo = opposite.map(|opposite| undo(opposite, &products));
        FlashView { text: self.sentence(verb), undo }
    }

    /// Those it was done to, as they are now; none when one of them is gone.
    async fn products(&self, visit: &Visit) -> Vec<Product> {
        if self.ids.is_empty() {
            return Vec::new();
        }
        let names = self.ids.iter().map(|id| format!("products/{id}")).collect();
        let request = BatchGetProductsRequest { names, view: ProductView::Basic.into() };
        let found = visit.caller.products().batch_get_products(request).await;
        found.map(|found| found.into_inner().products).unwrap_or_default()
    }

    fn sentence(&self, verb: Verb) -> String {
        let what = verb.participle();
        let all = format::total(i32::try_from(self.all).unwrap_or(i32::MAX), false);
        if self.done == self.all {
            return words::of("many", &[("count", &all), ("what", what)]);
        }
        let number = |count: usize| format::count(i64::try_from(count).unwrap_or(i64::MAX));
        let (done, not) = (number(self.done), number(self.all - self.done));
        words::of("many-partly", &[("done", &done), ("count", &all), ("what", what), ("not", &not)])
    }
}

fn undo(opposite: Verb, products: &[Product]) -> Undo {
    let item = |one: &Product| ("item", format!("{} {}", id_of(&one.name), one.etag));
    let fields = [("do", opposite.key().to_owned())];
    Undo {
        action: "/admin/bulk".to_owned(),
        etag: String::new(),
        request_id: request_id(),
        fields: fields.into_iter().chain(products.iter().map(item)).collect(),
    }
}

fn done_of(verb: Verb) -> Option<Done> {
    match verb {
        Verb::Delete => Some(Done::Deleted),
        Verb::Undelete => Some(Done::Undeleted),
        Verb::Publish => Some(Done::Published),
        Verb::Unpublish => Some(Done::Unpublished),
        Verb::Reprice | Verb::Assign | Verb::Revert => None,
    }
}

/// Leaves a message about many products for the next page.
pub(crate) fn leave_many(mut response: Response, many: &Many) -> Response {
    let cookie =
        format!("{COOKIE}={}; Path=/admin; SameSite=Lax; HttpOnly; Max-Age=60", many.value());
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(count: usize) -> Vec<(String, String)> {
        (0..count).map(|id| (format!("{id:063}"), "ETAG_MISMATCH".to_owned())).collect()
    }

    fn ids(count: usize) -> Vec<String> {
        (0..count).map(|id| format!("a{id:062}")).collect()
    }

    fn read(many: &Many) -> Many {
        let value = many.value();
        assert!(value.len() <= LARGEST, "{} bytes", value.len());
        Many::parse(value.strip_prefix("many.").unwrap()).unwrap()
    }

    #[test]
    fn a_message_is_read_as_it_was_left() {
        let many = Many::of(Verb::Delete, 50, ids(50), refused(3));
        assert!(many.fits());
        assert_eq!(read(&many), many);
        assert_eq!(read(&Many::nothing()), Many::nothing());
        assert_eq!(many.refusal(&format!("{:063}", 2)), Some("ETAG_MISMATCH"));
    }

    #[test]
    fn the_counts_stay_whatever_does_not_fit() {
        let many = Many::of(Verb::Publish, 40, ids(40), refused(500));
        assert!(!many.fits());
        let read = read(&many);
        assert_eq!((read.done, read.all, read.ids.len()), (40, 540, 0));
        assert!(read.refused.len() > 20, "{}", read.refused.len());
        assert_eq!(read.sentence(Verb::Publish), "40 of 540 products published, 500 not.");
    }

    #[test]
    fn what_is_no_id_and_no_reason_is_left_out() {
        let many = Many::parse("delete.1.2.mug~<b>.pot!ETAG_MISMATCH~pan!<b>").unwrap();
        assert_eq!((many.ids, many.refused.len()), (vec!["mug".to_owned()], 1));
        assert!(Many::parse("delete.x.2..").is_none());
    }
}
