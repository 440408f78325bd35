//! Asking for other SKUs, one for each variant whose own is in use again.

use proto::catalog::{ListProductsRequest, NewSku, Product, Variant};
use tonic::Status;
use tonic_types::StatusExt as _;

use super::violation;
use crate::pages::{
    field::Field, fields::Fields, names::id_of, trouble::Trouble, visit::Visit, words,
};

/// The names of the fields that stand beside each other, once for each variant: which one it is, and its SKU.
const OF: &str = "new_sku_of";
const SKU: &str = "new_sku";

/// As long as a SKU may be.
const LONGEST: u32 = 64;

/// A variant that needs another SKU.
pub(super) struct Asked {
    /// Its id.
    pub(super) variant: String,
    pub(super) field: Field,
}

/// The SKUs that were typed; a field that is empty leaves the variant its own.
pub(super) fn typed(product: &str, fields: &Fields) -> Vec<NewSku> {
    let pairs = fields.all(OF).zip(fields.all(SKU)).filter(|(_, sku)| !sku.is_empty());
    let new = |(variant, sku): (&str, &str)| NewSku {
        variant: format!("{product}/variants/{variant}"),
        sku: sku.to_owned(),
    };
    pairs.map(new).collect()
}

/// A field for each variant that needs another SKU, or was given one.
pub(super) async fn asked(
    visit: &Visit,
    product: &Product,
    fields: &Fields,
    status: &Status,
) -> Result<Vec<Asked>, Trouble> {
    let taken = taken(status);
    let needs = |variant: &&Variant| {
        let own = id_of(&variant.name);
        taken.iter().any(|one| one == own) || fields.all(OF).any(|one| one == own)
    };
    let mut asked = Vec::new();
    for variant in product.variants.iter().filter(needs) {
        let own = id_of(&variant.name);
        let given = given(fields, own);
        let is_taken = taken.iter().any(|one| one == own);
        let error = if is_taken {
            taken_by(visit, if given.is_empty() { &variant.sku } else { given }, own).await?
        } else {
            fault(status, fields, own)
        };
        asked.push(Asked::of(product, variant, given, error));
    }
    Ok(asked)
}

/// The ids of the variants whose SKUs are taken.
fn taken(status: &Status) -> Vec<String> {
    let metadata = status.get_details_error_info().map(|info| info.metadata).unwrap_or_default();
    let variants = metadata.get("variants").map(String::as_str).unwrap_or_default();
    variants.split(',').filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

/// What was typed for a variant; empty when nothing was.
fn given<'a>(fields: &'a Fields, variant: &str) -> &'a str {
    let mut pairs = fields.all(OF).zip(fields.all(SKU));
    pairs.find(|(of, _)| *of == variant).map_or("", |(_, sku)| sku)
}

/// Who has a SKU, in a sentence.
async fn taken_by(visit: &Visit, sku: &str, variant: &str) -> Result<String, Trouble> {
    let quoted = sku.replace('\\', "\\\\").replace('"', "\\\"");
    let request = ListProductsRequest {
        page_size: 1,
        filter: format!("sku = \"{quoted}\""),
        ..ListProductsRequest::default()
    };
    let found = visit.caller.products().list_products(request).await?.into_inner().products;
    let Some(owner) = found.first() else {
        // Another variant of the same product, which no list of what is live shows.
        return Ok(words::of("sku-taken-here", &[("sku", sku), ("variant", variant)]));
    };
    Ok(words::of("sku-taken", &[("sku", sku), ("title", &owner.title)]))
}

/// What is wrong with the SKU that was typed for a variant.
fn fault(status: &Status, fields: &Fields, variant: &str) -> String {
    let pairs = fields.all(OF).zip(fields.all(SKU)).filter(|(_, sku)| !sku.is_empty());
    let Some(index) = pairs.map(|(of, _)| of).position(|of| of == variant) else {
        return String::new();
    };
    violation(status, &format!("new_skus[{index}]."))
}

impl Asked {
    fn of(product: &Product, variant: &Variant, given: &str, error: String) -> Self {
        let own = id_of(&variant.name);
        let label = match (product.variants.len(), variant.option_values.join(", ")) {
            (1, _) => "New SKU".to_owned(),
            (_, values) if values.is_empty() => format!("New SKU of {own}"),
            (_, values) => format!("New SKU of {values}"),
        };
        let field = Field {
            id: format!("new-sku-{}-{own}", id_of(&product.name)),
            error,
            autocomplete: "off",
            ..Field::line(SKU, &label, given, LONGEST)
        };
        Self { variant: own.to_owned(), field }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(form: &str) -> Fields {
        Fields::parse(form.as_bytes())
    }

    #[test]
    fn what_is_typed_goes_to_the_variant_beside_it() {
        let form =
            "new_sku_of=white&new_sku=M-3&new_sku_of=blue&new_sku=++&new_sku_of=red&new_sku=+M-4";
        let new = typed("products/mug", &fields(form));
        let new: Vec<_> = new.iter().map(|one| (one.variant.as_str(), one.sku.as_str())).collect();
        let expected =
            [("products/mug/variants/white", "M-3"), ("products/mug/variants/red", "M-4")];
        assert_eq!(new, expected);
        assert_eq!(given(&fields(form), "red"), "M-4");
        assert_eq!(given(&fields(form), "green"), "");
    }
}
