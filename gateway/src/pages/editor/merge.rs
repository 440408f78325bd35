//! Two people changed the same product: what was, yours, theirs, and what comes of both.
//!
//! A field that one of them touched merges itself; one that both touched asks. Nothing is stored: the answer to a stale save is a
//! form that holds the new etag, a new request id, and every value.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use proto::catalog::{ListProductRevisionsRequest, Product, ProductRevision};

use super::{
    entries::{Entries, FIELDS},
    product, product_name,
    variant_form::VariantEntries,
};
use crate::pages::{
    chrome::Chrome,
    fields::Fields,
    names::{id_of, request_id},
    product_row::When,
    trouble::Trouble,
    visit::Visit,
    words,
};

/// How far back the history is searched for the version that was edited.
const HISTORY: i32 = 200;

/// The page of a conflict.
#[derive(Template)]
#[template(path = "admin/conflict.html")]
pub(crate) struct Conflict {
    pub(crate) chrome: Chrome,
    pub(crate) heading: String,
    pub(crate) text: String,
    pub(crate) action: String,
    pub(crate) etag: String,
    pub(crate) request_id: String,
    pub(crate) return_to: String,
    /// A save asks field by field; other actions only show what changed.
    pub(crate) saving: bool,
    pub(crate) rows: Vec<Merged>,
    /// Values that go along unseen.
    pub(crate) kept: Vec<(String, String)>,
    pub(crate) button: String,
    pub(crate) button_kind: &'static str,
    pub(crate) keep: String,
    pub(crate) keep_word: &'static str,
}

/// One field of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Merged {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) yours: String,
    pub(crate) yours_shown: String,
    pub(crate) theirs: String,
    pub(crate) theirs_shown: String,
    pub(crate) result: String,
    pub(crate) result_shown: String,
    /// `none`, `yours`, `theirs`, `both`.
    pub(crate) touched: &'static str,
    /// Whether another text may be typed.
    pub(crate) free: bool,
}

impl Merged {
    /// Whether somebody has to decide.
    pub(crate) fn asks(&self) -> bool {
        self.touched == "both"
    }

    /// How it was decided.
    pub(crate) fn verdict(&self) -> &'static str {
        match self.touched {
            "yours" => "your change",
            "theirs" => "their change",
            _ => "unchanged",
        }
    }
}

/// Merges one field. Without the version that was edited, every difference asks.
pub(crate) fn merged(
    name: &str,
    label: &str,
    base: Option<&(String, String)>,
    yours: (String, String),
    theirs: (String, String),
) -> Merged {
    let touched = match base {
        _ if yours.0 == theirs.0 => "none",
        Some(base) if base.0 == theirs.0 => "yours",
        Some(base) if base.0 == yours.0 => "theirs",
        _ => "both",
    };
    let (mut yours, mut theirs) = (yours, theirs);
    let (result, result_shown) = if touched == "yours" { yours.clone() } else { theirs.clone() };
    match touched {
        "yours" => theirs.1 = "unchanged".to_owned(),
        "theirs" => yours.1 = "unchanged".to_owned(),
        _ => {}
    }
    Merged {
        name: name.to_owned(),
        label: label.to_owned(),
        yours: yours.0,
        yours_shown: yours.1,
        theirs: theirs.0,
        theirs_shown: theirs.1,
        result,
        result_shown,
        touched,
        free: matches!(name, "title" | "slug" | "brand" | "description" | "tags"),
    }
}

/// The form with each decision put in the place of its field.
pub(crate) fn resolved<const N: usize>(fields: &Fields, names: [&str; N]) -> Fields {
    let mut resolved = fields.clone();
    for name in names {
        let choice = fields.get(&format!("choice.{name}"));
        if matches!(choice, "yours" | "theirs" | "own") {
            let value = fields.raw(&format!("{choice}.{name}")).to_owned();
            resolved.set(name, value);
        }
    }
    resolved
}

/// The answer to a stale save of a product.
pub(crate) async fn product_conflict(
    visit: &Visit,
    id: &str,
    yours: &Entries,
    etag: &str,
) -> Result<Response, Trouble> {
    let chrome = visit.admin_chrome().await?;
    let (current, history) = tokio::try_join!(product(visit, id), history(visit, id))?;
    let base = version(&history, |product| product.etag == etag).map(Entries::of);
    let theirs = Entries::of(&current);
    let all = FIELDS.map(|(name, label)| {
        let of = |entries: &Entries| (entries.canonical(name), entries.shown(name));
        merged(name, label, base.as_ref().map(of).as_ref(), of(yours), of(&theirs))
    });
    // What nobody touched goes along unseen.
    let (rows, same): (Vec<Merged>, Vec<Merged>) =
        all.into_iter().partition(|row| row.touched != "none");
    let kept = same.into_iter().map(|row| (row.name, row.result)).collect();
    let page = Conflict {
        chrome,
        heading: who_changed(visit, &current),
        text: "Your changes are not saved yet. What only one of you changed is merged already; decide the rest.".into(),
        action: format!("/admin/products/{id}/save"),
        etag: current.etag.clone(),
        request_id: request_id(),
        return_to: format!("/admin/products/{id}"),
        saving: true,
        rows,
        kept,
        button: "Save result".into(),
        button_kind: "primary",
        keep: format!("/admin/products/{id}"),
        keep_word: "Keep theirs",
    };
    visit.page_with(StatusCode::CONFLICT, &page)
}

/// The answer to a stale save of a variant: what it says now beside what was typed.
pub(crate) async fn variant(
    visit: &Visit,
    id: &str,
    variant: &str,
    typed: &VariantEntries,
    sent: &Fields,
) -> Result<Response, Trouble> {
    let chrome = visit.admin_chrome().await?;
    let current = product(visit, id).await?;
    let found = current.variants.iter().find(|one| id_of(&one.name) == variant);
    let now = found.ok_or(Trouble::NotFound)?;
    let currency = typed.prices.first().map_or("", |price| price.currency.as_str());
    let theirs = VariantEntries::of(now, currency).shown();
    let rows = typed.shown().into_iter().zip(theirs).map(|((name, label, yours), (.., theirs))| {
        let yours = (yours.clone(), yours);
        let theirs = (theirs.clone(), theirs);
        merged(name, label, None, theirs, yours)
    });
    let rows: Vec<Merged> = rows.filter(Merged::asks).collect();
    let kept =
        sent.pairs().iter().filter(|(name, _)| !matches!(name.as_str(), "etag" | "request_id"));
    let page = Conflict {
        heading: format!("Somebody else changed a variant of {}", current.title),
        text:
            "Your values are not saved yet. Before is what stands there now, Now is what you typed."
                .into(),
        action: format!("/admin/products/{id}/variants/{variant}/save"),
        etag: now.etag.clone(),
        request_id: request_id(),
        return_to: format!("/admin/products/{id}"),
        saving: false,
        rows,
        kept: kept.cloned().collect(),
        button: "Save mine".into(),
        button_kind: "primary",
        keep: format!("/admin/products/{id}#variant-{variant}"),
        keep_word: "Keep theirs",
        chrome,
    };
    visit.page_with(StatusCode::CONFLICT, &page)
}

/// The answer to a stale delete or publish: what changed since, and the same action again, knowingly.
pub(crate) async fn action(
    visit: &Visit,
    id: &str,
    verb: &str,
    fields: &Fields,
) -> Result<Response, Trouble> {
    let chrome = visit.admin_chrome().await?;
    let (current, history) = tokio::try_join!(product(visit, id), history(visit, id))?;
    let seen = fields.get("etag");
    let before = version(&history, |product| product.etag == seen).map(Entries::of);
    let now = Entries::of(&current);
    let rows = FIELDS.iter().filter_map(|(name, label)| {
        let of = |entries: &Entries| (entries.canonical(name), entries.shown(name));
        let row = merged(name, label, None, of(before.as_ref()?), of(&now));
        row.asks().then_some(row)
    });
    let kind = if matches!(verb, "delete" | "expunge") { "danger" } else { "primary" };
    let page = Conflict {
        heading: who_changed(visit, &current),
        text: format!(
            "{} Look at what changed, then decide.",
            words::of(not_done(verb), &[("title", &current.title)])
        ),
        action: format!("/admin/products/{id}/{verb}"),
        etag: current.etag.clone(),
        request_id: request_id(),
        return_to: fields.get("return_to").to_owned(),
        saving: false,
        rows: rows.collect(),
        kept: kept(fields),
        button: words::of(&not_done(verb).replacen("not-", "anyway-", 1), &[]),
        button_kind: kind,
        keep: format!("/admin/products/{id}"),
        keep_word: "Keep",
        chrome,
    };
    visit.page_with(StatusCode::CONFLICT, &page)
}

/// What the form says beside the usual, for the form that asks again.
fn kept(fields: &Fields) -> Vec<(String, String)> {
    let is_kept = |name: &str| matches!(name, "was" | "revision");
    fields.pairs().iter().filter(|(name, _)| is_kept(name)).cloned().collect()
}

/// The code of the sentence that an action was not done.
pub(crate) fn not_done(verb: &str) -> &'static str {
    match verb {
        "delete" => "not-deleted",
        "undelete" => "not-undeleted",
        "publish" => "not-published",
        "unpublish" => "not-unpublished",
        "archive" => "not-archived",
        "expunge" => "not-expunged",
        "roll-back" => "not-rolled-back",
        _ => "not-saved",
    }
}

/// Who was the last to change it, and when.
fn who_changed(visit: &Visit, product: &Product) -> String {
    let when = When::of(product.update_time.as_ref(), visit.now).short;
    let actor = product.update_actor.as_ref().map_or("", |actor| actor.display_name.as_str());
    let who = if actor.is_empty() { "Somebody else" } else { actor };
    format!("{who} changed {} {when}", product.title)
}

async fn history(visit: &Visit, id: &str) -> Result<Vec<ProductRevision>, Trouble> {
    let request = ListProductRevisionsRequest {
        parent: product_name(id)?,
        page_size: HISTORY,
        ..Default::default()
    };
    Ok(visit
        .caller
        .products()
        .list_product_revisions(request)
        .await?
        .into_inner()
        .product_revisions)
}

/// The product as a version left it.
fn version(history: &[ProductRevision], is_it: impl Fn(&Product) -> bool) -> Option<&Product> {
    history.iter().filter_map(|revision| revision.product.as_ref()).find(|product| is_it(product))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn field(base: Option<&str>, yours: &str, theirs: &str) -> Merged {
        let pair = |text: &str| (text.to_owned(), text.to_owned());
        merged("title", "Title", base.map(pair).as_ref(), pair(yours), pair(theirs))
    }

    #[rstest]
    #[case(Some("a"), "a", "a", "none", "a")]
    #[case(Some("a"), "b", "a", "yours", "b")]
    #[case(Some("a"), "a", "c", "theirs", "c")]
    #[case(Some("a"), "c", "c", "none", "c")]
    #[case(Some("a"), "b", "c", "both", "c")]
    #[case(None, "b", "c", "both", "c")]
    #[case(None, "c", "c", "none", "c")]
    fn a_field_touched_by_one_merges_itself(
        #[case] base: Option<&str>,
        #[case] yours: &str,
        #[case] theirs: &str,
        #[case] touched: &str,
        #[case] result: &str,
    ) {
        let row = field(base, yours, theirs);
        assert_eq!((row.touched, row.result.as_str()), (touched, result));
        assert_eq!(row.asks(), touched == "both");
    }

    #[test]
    fn a_decision_takes_the_place_of_its_field() {
        let body = "choice.title=own&yours.title=Mine&theirs.title=Yours&own.title=Ours&slug=mug&choice.slug=evil";
        let fields = resolved(&Fields::parse(body.as_bytes()), ["title", "slug"]);
        assert_eq!((fields.get("title"), fields.get("slug")), ("Ours", "mug"));
    }
}
