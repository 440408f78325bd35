//! What a form has done already that is sent again: the feed of changes tells it by the ids under which its batches went.
//!
//! All that match are others once some of them are done, so that the same form is another request then, and is refused as such.

use std::collections::{BTreeSet, HashMap};

use proto::catalog::{Change, ListChangesRequest};
use tonic::Status;

use super::rounds::Rounds;
use crate::pages::{names::batch_id, visit::Visit};

/// How many changes are looked at, a page at a time, from the newest on: who sends a form twice does so soon.
const PAGES: usize = 5;
const PAGE: i32 = 1_000;

/// How many rounds one step may have made.
const ROUNDS: u32 = 64;

/// What was done by a step that was made before.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Before {
    /// The ids of the products that it changed.
    pub(super) products: BTreeSet<String>,
    /// The last round in which it did.
    pub(super) round: u32,
}

impl Before {
    /// What the rounds changed that are the next ones of these.
    ///
    /// # Errors
    /// Why the feed cannot be read.
    pub(super) async fn of(visit: &Visit, rounds: &Rounds) -> Result<Self, Status> {
        let next = rounds.round + 1;
        let ids: HashMap<String, u32> =
            (next..next + ROUNDS).map(|round| (batch_id(&rounds.form, round), round)).collect();
        let mut before = Self::default();
        let mut request = ListChangesRequest { page_size: PAGE, ..Default::default() };
        for _ in 0..PAGES {
            let page = visit.caller.changes().list_changes(request.clone()).await?.into_inner();
            let is_done = !before.add(&page.changes, &ids) && before.round > 0;
            request.page_token = page.next_page_token;
            if is_done || request.page_token.is_empty() {
                break;
            }
        }
        Ok(before)
    }

    /// Adds those that these rounds have made, and says whether there were any.
    fn add(&mut self, changes: &[Change], ids: &HashMap<String, u32>) -> bool {
        let mut any = false;
        for change in changes {
            let Some(round) = ids.get(&change.request_id) else { continue };
            let Some(product) = change.resource.strip_prefix("products/") else { continue };
            any = true;
            self.round = self.round.max(*round);
            self.products.insert(product.split('/').next().unwrap_or(product).to_owned());
        }
        any
    }

    /// Whether nothing of it is known.
    pub(super) fn is_nothing(&self) -> bool {
        self.round == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_told_by_the_rounds_of_the_form_alone() {
        let ids = HashMap::from([("one".to_owned(), 1), ("two".to_owned(), 2)]);
        let change = |resource: &str, id: &str| Change {
            resource: resource.to_owned(),
            request_id: id.to_owned(),
            ..Change::default()
        };
        let mut before = Before::default();
        assert!(!before.add(&[change("products/pot", "other"), change("shop", "one")], &ids));
        assert!(before.is_nothing());
        let changes = [
            change("products/mug", "two"),
            change("products/cup/variants/white", "one"),
            change("products/cup/variants/blue", "one"),
            change("products/pot", ""),
        ];
        assert!(before.add(&changes, &ids));
        let products = ["cup", "mug"].map(str::to_owned).into();
        assert_eq!(before, Before { products, round: 2 });
    }
}
