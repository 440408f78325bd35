//! What is done to many products of the list at once: each batch of 500 is whole or not at all.
//!
//! A batch that is refused goes again without the products that its refusal names, so that the others are done. One form does one
//! step; where that is not all, the page it answers holds the form of the next one. Nothing is kept here: what was done, and what was
//! not and why, travels to the next page with the form or with the message.

mod assign;
mod before;
mod report;
mod reprice;
mod revert;
mod rounds;
mod rule;
mod selection;
mod step;
mod tally;

use axum::response::Response;

use self::{
    report::Run,
    rounds::{Item, Outcome},
    selection::Chosen,
    step::Step,
    tally::Tally,
};
use super::{fields::Fields, trouble::Trouble, visit::Visit};

/// What can be done to many products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Delete them, softly.
    Delete,
    /// Restore them.
    Undelete,
    /// Publish them.
    Publish,
    /// Make them drafts.
    Unpublish,
    /// Give their variants other prices.
    Reprice,
    /// Put them into a category.
    Assign,
    /// Take back the prices or categories that were given last.
    Revert,
}

impl Verb {
    const ALL: [Self; 7] = [
        Self::Delete,
        Self::Undelete,
        Self::Publish,
        Self::Unpublish,
        Self::Reprice,
        Self::Assign,
        Self::Revert,
    ];

    /// The verb of a form's button.
    pub(crate) fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.key() == key)
    }

    /// What the form's button is called.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Undelete => "undelete",
            Self::Publish => "publish",
            Self::Unpublish => "unpublish",
            Self::Reprice => "prices",
            Self::Assign => "category",
            Self::Revert => "revert",
        }
    }

    /// The verb that takes it back, if one click does.
    pub(crate) fn opposite(self) -> Option<Self> {
        match self {
            Self::Delete => Some(Self::Undelete),
            Self::Undelete => Some(Self::Delete),
            Self::Publish => Some(Self::Unpublish),
            Self::Unpublish => Some(Self::Publish),
            Self::Reprice | Self::Assign => Some(Self::Revert),
            Self::Revert => None,
        }
    }

    /// What was done, as it stands behind "3 of 5 products".
    pub(crate) fn participle(self) -> &'static str {
        match self {
            Self::Delete => "deleted",
            Self::Undelete => "restored",
            Self::Publish => "published",
            Self::Unpublish => "unpublished",
            Self::Reprice => "repriced",
            Self::Assign => "put into the category",
            Self::Revert => "put back as before",
        }
    }

    /// How many products one step takes: a page has ten seconds. Prices are read with up to 250 variants of each product, and what
    /// was there before is looked up product by product.
    fn at_once(self) -> usize {
        match self {
            Self::Reprice => 200,
            Self::Revert => 100,
            _ => 500,
        }
    }

    /// The fields of a form that say how it is to be done.
    fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Reprice => &["step", "rule", "value"],
            Self::Assign => &["category", "way"],
            _ => &[],
        }
    }
}

/// `POST /admin/bulk`.
pub(crate) async fn act(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    let verb = Verb::of(fields.get("do")).ok_or(Trouble::NotFound)?;
    let chosen = Chosen::of(&fields);
    let Some(before) = Tally::of(&fields) else {
        return go(&visit, &fields, verb, chosen, None).await;
    };
    let run = Run { visit: &visit, fields: &fields, verb, tally: &before, back: chosen.back() };
    if !fields.get("stop").is_empty() {
        return report::stopped(&run, &chosen).await;
    }
    match go(&visit, &fields, verb, chosen.clone(), Some(before.clone())).await {
        // What was done before is told, whatever stands in the way of this step; the same form goes again after the sign-in.
        Err(trouble) if !matches!(trouble, Trouble::SignedOut) => {
            report::goes_on(&run, &chosen, Some(&trouble)).await
        }
        answer => answer,
    }
}

/// Makes one step, the first one or that after others.
async fn go(
    visit: &Visit,
    fields: &Fields,
    verb: Verb,
    chosen: Chosen,
    before: Option<Tally>,
) -> Result<Response, Trouble> {
    let portion = chosen.portion(visit, verb.at_once()).await?;
    let is_first = before.is_none();
    let tally = before.unwrap_or_else(|| Tally::about(portion.count));
    let step = Step { visit, fields, verb, chosen, portion, tally };
    if is_first && step.portion.found.is_empty() {
        return step.find_nothing().await;
    }
    match verb {
        Verb::Reprice => reprice::act(step).await,
        Verb::Assign => assign::act(step).await,
        Verb::Revert => revert::act(step).await,
        _ => {
            let items = step.portion.found.iter().cloned().map(Item::of).collect();
            step.make(items, Outcome::default()).await
        }
    }
}
