//! Asking for another slug, where another product has the deleted one's by now.

use proto::catalog::{ListProductsRequest, Product};
use tonic::Status;

use super::{reason, violation};
use crate::pages::{
    field::Field, fields::Fields, names::id_of, trouble::Trouble, visit::Visit, words,
};

const SLUG: &str = "new_slug";

/// As long as a slug may be.
const LONGEST: u32 = 100;

/// The slug that was typed; empty when none was.
pub(super) fn typed(fields: &Fields) -> String {
    fields.get(SLUG).to_owned()
}

/// The field, where the product needs another slug, or was given one.
pub(super) async fn asked(
    visit: &Visit,
    product: &Product,
    fields: &Fields,
    status: &Status,
) -> Result<Option<Field>, Trouble> {
    let given = fields.get(SLUG);
    let is_taken = reason(status) == "SLUG_TAKEN";
    if !is_taken && given.is_empty() {
        return Ok(None);
    }
    let error = match (is_taken, given) {
        (true, "") => taken_by(visit, &product.slug).await?,
        (true, given) => taken_by(visit, given).await?,
        (false, _) => violation(status, SLUG),
    };
    Ok(Some(Field {
        id: format!("new-slug-{}", id_of(&product.name)),
        error,
        autocomplete: "off",
        ..Field::line(SLUG, "New address", given, LONGEST)
    }))
}

/// Who has a slug, in a sentence.
async fn taken_by(visit: &Visit, slug: &str) -> Result<String, Trouble> {
    let request = ListProductsRequest {
        page_size: 1,
        filter: format!("slug = \"{slug}\""),
        ..ListProductsRequest::default()
    };
    let found = visit.caller.products().list_products(request).await?.into_inner().products;
    // It may have gone since: then the same form does it.
    let title = found.first().map_or("", |owner| owner.title.as_str());
    Ok(words::of("slug-taken", &[("slug", slug), ("title", title)]))
}
