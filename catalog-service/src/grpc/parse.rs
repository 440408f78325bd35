//! Reads requests into the domain's words: the contract's own rules first, then the domain's, and all that is wrong at once.

use std::{collections::HashSet, fmt::Display};

use proto::{Validate, Violation, catalog::ProductView};
use tonic::Status;

use super::{credentials::Identity, problem, request_digest::Repeatable};
use crate::{
    catalog::Catalog,
    domain::{
        CategoryId, Etag, ProductId, References, RevisionName, VariantName, View, Violations, Wish,
        Write,
    },
};

/// A request that is being read, and what is wrong with it so far.
pub(super) struct Reading {
    contract: Vec<Violation>,
    domain: Violations,
    references: References,
}

impl Reading {
    /// Begins with the contract's rules.
    pub(super) fn of(request: &impl Validate) -> Self {
        let contract = request.validate().err().unwrap_or_default();
        Self { contract, domain: Violations::default(), references: References::default() }
    }

    /// Where the domain's readers put what they find.
    pub(super) fn violations(&mut self) -> &mut Violations {
        &mut self.domain
    }

    /// Where the domain's readers put what they find, and what they cannot tell without the catalog.
    pub(super) fn findings(&mut self) -> (&mut Violations, &mut References) {
        (&mut self.domain, &mut self.references)
    }

    /// Takes a parsed field, or notes what is wrong with it.
    pub(super) fn take<T, E: Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        self.domain.take(field, parsed)
    }

    /// A product's name.
    pub(super) fn product(&mut self, field: &str, name: &str) -> Option<ProductId> {
        self.take(field, ProductId::from_name(name))
    }

    /// A revision's name.
    pub(super) fn revision(&mut self, field: &str, name: &str) -> Option<RevisionName> {
        self.take(field, RevisionName::parse(name))
    }

    /// A variant's name.
    pub(super) fn variant(&mut self, field: &str, name: &str) -> Option<VariantName> {
        self.take(field, VariantName::parse(name))
    }

    /// A category's name.
    pub(super) fn category(&mut self, field: &str, name: &str) -> Option<CategoryId> {
        self.take(field, CategoryId::from_name(name))
    }

    /// What was read of a request that refers to others or has to fit what is kept: when something is wrong, what the catalog finds
    /// wrong is told along. A faultless request needs no look at it, because its write looks for itself. `wishes` are what was read
    /// asks of things kept.
    ///
    /// # Errors
    /// FIELD_INVALID with all violations, and the failures of the catalog.
    pub(super) async fn done_in<T>(
        mut self,
        catalog: &Catalog,
        read: Option<T>,
        wishes: impl FnOnce(&T) -> Vec<Wish>,
    ) -> Result<T, Status> {
        if !self.contract.is_empty() || !self.domain.is_empty() {
            let mut references = std::mem::take(&mut self.references);
            references.add_wishes(read.as_ref().map(wishes).unwrap_or_default());
            let faults = catalog.faults_of(references).await.map_err(problem::of_catalog)?;
            let told: HashSet<_> = self.domain.iter().map(|fault| fault.field.clone()).collect();
            for fault in faults.into_vec().into_iter().filter(|it| !told.contains(&it.field)) {
                self.domain.add(fault.field, fault.description);
            }
        }
        self.done(read)
    }

    /// What was read, if nothing is wrong. Where the contract has found a fault in a field, the domain's words on it are left out.
    ///
    /// # Errors
    /// FIELD_INVALID with all violations.
    pub(super) fn done<T>(self, read: Option<T>) -> Result<T, Status> {
        let mut all = self.contract;
        let known: HashSet<_> = all.iter().map(|fault| fault.field.clone()).collect();
        let new = self.domain.into_vec().into_iter();
        let new = new.filter(|fault| !known.contains(&fault.field));
        all.extend(
            new.map(|fault| Violation { field: fault.field, description: fault.description }),
        );
        match read {
            Some(read) if all.is_empty() => Ok(read),
            None if all.is_empty() => {
                Err(super::status::internal(&"a request could not be read, and nobody said why"))
            }
            _ => Err(problem::of_violations(all)),
        }
    }
}

/// How a request writes.
pub(super) fn write(who: Identity, request: &impl Repeatable, validate_only: bool) -> Write {
    Write { caller: who.caller, request: request.identified(), validate_only }
}

/// The etag that a request carries.
pub(super) fn etag(text: &str) -> Option<Etag> {
    Etag::given(text)
}

/// The view that a request names; the contract's rules have refused unknown ones.
pub(super) fn view(view: i32, otherwise: View) -> View {
    match ProductView::try_from(view) {
        Ok(ProductView::Basic) => View::Basic,
        Ok(ProductView::Full) => View::Full,
        Ok(ProductView::Unspecified) | Err(_) => otherwise,
    }
}

#[cfg(test)]
mod tests {
    use proto::catalog::GetProductRequest;
    use tonic::Code;

    use super::*;
    use crate::grpc::refusal::violations_of;

    fn request(name: &str, view: i32) -> GetProductRequest {
        GetProductRequest { name: name.to_owned(), view }
    }

    #[test]
    fn a_faultless_request_is_read() {
        let request = request("products/mug", 0);
        let mut reading = Reading::of(&request);
        let id = reading.product("name", &request.name);
        assert_eq!(reading.done(id).unwrap().as_str(), "mug");
    }

    #[test]
    fn all_faults_are_told_and_a_field_is_not_blamed_twice_for_one() {
        let request = request("Mug", 9);
        let mut reading = Reading::of(&request);
        let id = reading.product("name", &request.name);
        reading.violations().add("etag", "is of another resource");
        let refused = reading.done(id).unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let fields: Vec<_> = violations_of(&refused).into_iter().map(|v| v.field).collect();
        assert_eq!(fields, ["name", "view", "etag"]);
    }
}
