//! One step of what is done to many products: what the form says, the products that it takes, and how it ends.

use axum::response::Response;
use proto::catalog::{BatchGetProductsRequest, GetProductRequest, Product, ProductView};
use tonic::Code;

use super::{
    Verb,
    before::Before,
    report::{self, Run},
    rounds::{Item, Outcome, Rounds, in_rounds},
    selection::{Chosen, Picked, Portion},
    tally::Tally,
};
use crate::pages::{
    fields::Fields,
    flash::{self, Many},
    format,
    trouble::{Trouble, see_other},
    visit::Visit,
};

/// A step, as its form asks for it.
pub(super) struct Step<'a> {
    pub(super) visit: &'a Visit,
    pub(super) fields: &'a Fields,
    pub(super) verb: Verb,
    pub(super) chosen: Chosen,
    /// What it takes of the choice.
    pub(super) portion: Portion,
    /// What came of the steps before.
    pub(super) tally: Tally,
}

impl Step<'_> {
    /// The ids of its batches.
    pub(super) fn rounds(&self) -> Rounds {
        Rounds {
            form: self.fields.get("request_id").to_owned(),
            round: self.tally.round,
            again: !self.fields.get("again").is_empty(),
        }
    }

    /// How many products it is about in all, in words.
    pub(super) fn count(&self) -> String {
        let all = self.tally.all.and_then(|all| i32::try_from(all).ok());
        all.map_or_else(|| "more than 10,000 products".to_owned(), |all| format::total(all, false))
    }

    /// Its products with their variants, as they are now. One that is gone for good is refused.
    pub(super) async fn products(&self, outcome: &mut Outcome) -> Result<Vec<Product>, Trouble> {
        // Each may have 250 variants, and an answer has an end.
        const AT_ONCE: usize = 25;
        let mut client = self.visit.caller.products();
        let mut products = Vec::with_capacity(self.portion.found.len());
        for some in self.portion.found.chunks(AT_ONCE) {
            let names = some.iter().map(|one| format!("products/{}", one.id)).collect();
            let request = BatchGetProductsRequest { names, view: ProductView::Full.into() };
            match client.batch_get_products(request).await {
                Ok(read) => products.extend(read.into_inner().products),
                Err(status) if status.code() == Code::NotFound => {
                    products.extend(self.one_by_one(some, outcome).await?);
                }
                Err(status) => return Err(status.into()),
            }
        }
        Ok(products)
    }

    async fn one_by_one(
        &self,
        some: &[Picked],
        outcome: &mut Outcome,
    ) -> Result<Vec<Product>, Trouble> {
        let mut products = Vec::new();
        for one in some {
            let name = format!("products/{}", one.id);
            let request = GetProductRequest { name, view: ProductView::Full.into() };
            match self.visit.caller.products().get_product(request).await {
                Ok(product) => products.push(product.into_inner()),
                Err(status) if status.code() == Code::NotFound => {
                    outcome.refuse(&one.id, "RESOURCE_NOT_FOUND");
                }
                Err(status) => return Err(status.into()),
            }
        }
        Ok(products)
    }

    /// Says that nothing was chosen; or, where the same form was sent before, what was done then.
    pub(super) async fn find_nothing(self) -> Result<Response, Trouble> {
        let before = match self.chosen.is_all() {
            true => Before::of(self.visit, &self.rounds()).await?,
            false => Before::default(),
        };
        if before.is_nothing() {
            return Ok(flash::leave_many(see_other(self.chosen.back()), &Many::nothing()));
        }
        let (mut outcome, round) = (Outcome::default(), before.round);
        outcome.was_done(before, std::iter::empty());
        self.end(outcome, round).await
    }

    /// Makes it: does all that can be done of it.
    pub(super) async fn make(
        self,
        items: Vec<Item>,
        mut outcome: Outcome,
    ) -> Result<Response, Trouble> {
        let mut rounds = self.rounds();
        in_rounds(self.visit, self.verb, items, &mut rounds, &mut outcome).await;
        self.end(outcome, rounds.round).await
    }

    /// Leads back to the list with what came of it, or on to the next step.
    pub(super) async fn end(
        mut self,
        mut outcome: Outcome,
        round: u32,
    ) -> Result<Response, Trouble> {
        let halted = outcome.halted.take();
        let unreached = std::mem::take(&mut outcome.left);
        self.tally.add(outcome);
        self.tally.round = round;
        let trouble = match halted {
            // The same form goes again after the sign-in, and what nothing came of says why itself.
            Some(trouble @ Trouble::SignedOut) => return Err(trouble),
            Some(trouble) if self.tally.settled() == 0 => return Err(trouble),
            other => other,
        };
        let rest = Chosen::left(unreached, self.portion.rest.take(), &self.chosen);
        let Self { visit, fields, verb, .. } = self;
        let run = Run { visit, fields, verb, tally: &self.tally, back: self.chosen.back() };
        if let Some(rest) = rest {
            return report::goes_on(&run, &rest, trouble.as_ref()).await;
        }
        match self.tally.message(verb) {
            Some(message) => Ok(flash::leave_many(see_other(run.back), &message)),
            None => report::ended(&run).await,
        }
    }
}
