//! The page between two steps, and the one at the end of what does not fit a message: how many it was done to, how many not and why,
//! and the forms that go on, stop, take it back, or try again what was refused.

use askama::Template;
use axum::response::Response;
use proto::catalog::{BatchGetProductsRequest, ProductView};

use super::{
    Verb,
    selection::{Chosen, Picked},
    tally::Tally,
};
use crate::pages::{
    chrome::Chrome,
    fields::Fields,
    format,
    names::{id_of, request_id},
    trouble::Trouble,
    visit::Visit,
    words,
};

/// How many refused products the page names.
const NAMED: usize = 100;

/// A hidden field.
type Hidden = (String, String);

#[derive(Template)]
#[template(path = "admin/bulk.html")]
struct BulkPage {
    chrome: Chrome,
    heading: String,
    /// Why it stopped; empty when it did not by itself.
    trouble: String,
    text: String,
    meter: Option<Meter>,
    /// The form of the next step.
    next: Option<Next>,
    undo: Vec<Hidden>,
    refused: Vec<Refused>,
    /// How many more there are than are named.
    more: String,
    /// The form that tries again what was refused.
    again: Vec<Hidden>,
    back: String,
}

/// How far it is.
struct Meter {
    settled: usize,
    /// None: more than were counted.
    all: Option<usize>,
}

struct Next {
    hidden: Vec<Hidden>,
    /// Whether the page may send it by itself, and stop.
    by_itself: bool,
}

struct Refused {
    id: String,
    title: String,
    reason: String,
}

/// What every page of a run needs to know.
pub(super) struct Run<'a> {
    pub(super) visit: &'a Visit,
    pub(super) fields: &'a Fields,
    pub(super) verb: Verb,
    pub(super) tally: &'a Tally,
    pub(super) back: &'a str,
}

/// Says how far it is, and holds the form of the next step.
pub(super) async fn goes_on(
    run: &Run<'_>,
    rest: &Chosen,
    trouble: Option<&Trouble>,
) -> Result<Response, Trouble> {
    let mut hidden = run.next(rest);
    if trouble.is_some() {
        hidden.push(("again".to_owned(), "on".to_owned()));
    }
    let next = Next { hidden, by_itself: trouble.is_none() };
    let told = trouble.map(|trouble| words::of(&trouble.reason(), &[]));
    let text = words::of(if told.is_some() { "many-halted" } else { "many-goes-on" }, &[]);
    let page = BulkPage {
        heading: run.progress(),
        trouble: told.unwrap_or_default(),
        text,
        next: Some(next),
        ..run.page().await?
    };
    run.visit.page(&page)
}

/// Says what was done when somebody has stopped it.
pub(super) async fn stopped(run: &Run<'_>, rest: &Chosen) -> Result<Response, Trouble> {
    let next = Next { hidden: run.next(rest), by_itself: false };
    let ending = run.ending().await?;
    let stopped = words::of("many-stopped", &[]);
    let page = BulkPage {
        heading: run.tally.sentence(run.verb),
        text: format!("{stopped} {}", ending.text).trim().to_owned(),
        next: Some(next),
        ..ending
    };
    run.visit.page(&page)
}

/// Says what came of it in the end.
pub(super) async fn ended(run: &Run<'_>) -> Result<Response, Trouble> {
    let page = BulkPage { heading: run.tally.sentence(run.verb), ..run.ending().await? };
    run.visit.page(&page)
}

impl Run<'_> {
    async fn page(&self) -> Result<BulkPage, Trouble> {
        Ok(BulkPage {
            chrome: self.visit.admin_chrome().await?.starting(&self.visit.gateway, &["bulk-page"]),
            heading: String::new(),
            trouble: String::new(),
            text: String::new(),
            meter: Some(Meter { settled: self.tally.settled(), all: self.tally.all }),
            next: None,
            undo: Vec::new(),
            refused: Vec::new(),
            more: String::new(),
            again: Vec::new(),
            back: self.back.to_owned(),
        })
    }

    /// A page with all that can be done after a run.
    async fn ending(&self) -> Result<BulkPage, Trouble> {
        let named: Vec<_> = self.tally.refused().iter().take(NAMED).cloned().collect();
        let more = self.tally.refusals() - named.len();
        let beyond = self.tally.is_beyond_undo();
        let again = if named.is_empty() { Vec::new() } else { self.form(self.verb) };
        Ok(BulkPage {
            text: if beyond { words::of("many-step", &[]) } else { String::new() },
            meter: None,
            undo: self.undo(),
            refused: self.named(named).await,
            more: match i64::try_from(more) {
                Ok(0) | Err(_) => String::new(),
                Ok(more) => words::of("many-more", &[("count", &format::count(more))]),
            },
            again,
            ..self.page().await?
        })
    }

    fn progress(&self) -> String {
        let number = |count: usize| format::count(i64::try_from(count).unwrap_or(i64::MAX));
        let done = number(self.tally.settled());
        match self.tally.all {
            Some(all) => {
                let all = format::total(i32::try_from(all).unwrap_or(i32::MAX), false);
                words::of("many-so-far", &[("done", &done), ("count", &all)])
            }
            None => words::of("many-uncounted", &[("done", &done)]),
        }
    }

    /// What every form says: what is to be done, how, and where to come back to.
    fn form(&self, verb: Verb) -> Vec<Hidden> {
        let settings = verb.settings().iter();
        let settings = settings.map(|name| ((*name).to_owned(), self.fields.get(name).to_owned()));
        let verb = ("do".to_owned(), verb.key().to_owned());
        std::iter::once(verb).chain(settings).collect()
    }

    fn next(&self, rest: &Chosen) -> Vec<Hidden> {
        let id = self.fields.get("request_id").to_owned();
        let mut hidden = self.form(self.verb);
        hidden.push(("request_id".to_owned(), id));
        hidden.extend(self.tally.fields());
        hidden.extend(rest.fields());
        hidden
    }

    fn undo(&self) -> Vec<Hidden> {
        let changed = self.tally.undoable();
        let Some(opposite) = self.verb.opposite().filter(|_| !changed.is_empty()) else {
            return Vec::new();
        };
        let mut hidden = self.form(opposite);
        hidden.push(("request_id".to_owned(), request_id()));
        hidden.push(("return_to".to_owned(), self.back.to_owned()));
        hidden.extend(changed.iter().map(|one| ("item".to_owned(), one.text())));
        hidden
    }

    /// The refused products by their titles; by their ids when they cannot be read.
    async fn named(&self, refused: Vec<(String, String)>) -> Vec<Refused> {
        let mut titles = std::collections::HashMap::new();
        if !refused.is_empty() {
            let names = refused.iter().map(|(id, _)| format!("products/{id}")).collect();
            let request = BatchGetProductsRequest { names, view: ProductView::Basic.into() };
            let found = self.visit.caller.products().batch_get_products(request).await;
            let found = found.map(|found| found.into_inner().products).unwrap_or_default();
            titles.extend(found.into_iter().map(|one| (id_of(&one.name).to_owned(), one.title)));
        }
        let named = |(id, reason): (String, String)| Refused {
            title: titles.remove(&id).unwrap_or_else(|| id.clone()),
            reason: words::of(&reason, &[]),
            id,
        };
        refused.into_iter().map(named).collect()
    }
}

impl Refused {
    /// What is sent of it when it is tried again: whatever version it has then, since the reason was seen.
    fn item(&self) -> String {
        Picked { id: self.id.clone(), etag: String::new() }.text()
    }
}
