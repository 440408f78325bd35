//! What is done to many products of the list at once: each chunk of 500 is one batch, whole or not at all.
//!
//! A batch that is refused goes again without the products that its refusal names, so that the others are done. Nothing is kept
//! here: what was done, and what was not and why, travels to the next page with the message.

mod assign;
mod confirm;
mod reprice;
mod revert;
mod rounds;
mod rule;
mod selection;

use axum::response::Response;

use self::{
    rounds::{Item, Outcome, in_rounds},
    selection::{Chosen, Found},
};
use super::{
    fields::Fields,
    flash::{self, Many},
    trouble::{Trouble, see_other},
    visit::Visit,
};

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
}

/// `POST /admin/bulk`.
pub(crate) async fn act(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    let verb = Verb::of(fields.get("do")).ok_or(Trouble::NotFound)?;
    let chosen = Chosen::of(&fields);
    let found = match chosen.find(&visit).await? {
        Found::Nothing => return Ok(flash::leave_many(see_other(chosen.back()), &Many::nothing())),
        Found::TooMany => return confirm::too_many(&visit, &chosen).await,
        Found::Products(found) => found,
    };
    match verb {
        Verb::Reprice => reprice::act(&visit, &fields, &chosen, found).await,
        Verb::Assign => assign::act(&visit, &fields, &chosen, found).await,
        Verb::Revert => revert::act(&visit, &fields, &chosen, found).await,
        verb if found.len() > Many::UNDOABLE && fields.get("sure").is_empty() => {
            confirm::ask(&visit, verb, &chosen, found.len()).await
        }
        verb => {
            let items = found.into_iter().map(Item::of).collect();
            finish(&visit, &fields, &chosen, verb, items, Outcome::default()).await
        }
    }
}

/// Does it to those that are not settled yet, and leads back to the list with what came of it.
async fn finish(
    visit: &Visit,
    fields: &Fields,
    chosen: &Chosen,
    verb: Verb,
    items: Vec<Item>,
    settled: Outcome,
) -> Result<Response, Trouble> {
    let outcome = in_rounds(visit, verb, items, fields.get("request_id"), settled).await?;
    Ok(flash::leave_many(see_other(chosen.back()), &outcome.into_message(verb)))
}
