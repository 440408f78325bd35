//! Variants between the domain and the contract.

use std::collections::BTreeSet;

use prost::Message as _;
use prost_types::FieldMask;
use proto::{catalog as wire, google::r#type::Money as WireMoney};

use super::{
    MaskError, etag_version, mask,
    product::{money_from_wire, money_to_wire},
    time,
};
use crate::domain::{
    Currency, Gtin, Money, NewVariant, Price, ProductId, ProductOption, Sku, Uid, Variant,
    VariantField, VariantFields, VariantId, VariantName, Violations,
};

const IGNORED: [&str; 5] = ["name", "uid", "etag", "create_time", "update_time"];

/// Which fields an update replaces: those that the mask names, or, without one, those that are set in the message.
///
/// # Errors
/// A path that names no field of a variant.
pub fn mask(
    message: &wire::Variant,
    mask: Option<&FieldMask>,
) -> Result<Vec<VariantField>, MaskError> {
    let is_set = |field: VariantField| match field {
        VariantField::Sku => !message.sku.is_empty(),
        VariantField::Gtins => !message.gtins.is_empty(),
        VariantField::OptionValues => !message.option_values.is_empty(),
        VariantField::Prices => !message.prices.is_empty(),
    };
    let all = VariantField::ALL.map(|field| (field.name(), field, is_set(field)));
    mask::plain(mask, &all, &IGNORED, "variant")
}

/// Reads the masked fields; `at` is the path of the variant in the request.
pub fn fields(
    message: wire::Variant,
    mask: &[VariantField],
    at: &str,
    violations: &mut Violations,
) -> VariantFields {
    let has = |field: VariantField| mask.contains(&field);
    let sku = Some(&message.sku).filter(|sku| has(VariantField::Sku) && !sku.is_empty());
    let sku = sku.and_then(|sku| violations.take(&format!("{at}.sku"), Sku::parse(sku)));
    let mut fields = VariantFields { sku, ..VariantFields::default() };
    if has(VariantField::Gtins) {
        fields.gtins = gtins(&message.gtins, at, violations);
    }
    if has(VariantField::Prices) {
        fields.prices = prices(&message.prices, at, violations);
    }
    fields.option_values = message.option_values;
    fields
}

/// Reads a variant to create; `id` is the request's `variant_id`, and `at` the path of the variant.
pub fn new_variant(
    id: &str,
    message: wire::Variant,
    at: &str,
    violations: &mut Violations,
) -> NewVariant {
    let id = match id {
        "" => None,
        id => violations.take("variant_id", VariantId::parse(id)),
    };
    NewVariant { id, fields: fields(message, &VariantField::ALL, at, violations) }
}

/// Reads the variants of a product to create. One that has a name takes its id from the name's last part.
pub(super) fn new_variants(
    messages: Vec<wire::Variant>,
    options: &[ProductOption],
    product: &str,
    violations: &mut Violations,
) -> Vec<NewVariant> {
    let mut ids = BTreeSet::new();
    let mut skus = BTreeSet::new();
    let mut choices = BTreeSet::new();
    let mut variants = Vec::with_capacity(messages.len());
    for (index, message) in messages.into_iter().enumerate() {
        let at = format!("{product}.variants[{index}]");
        let name = message.name.clone();
        if !message.sku.is_empty() && !skus.insert(message.sku.clone()) {
            violations.add(format!("{at}.sku"), "is the sku of another variant too");
        }
        if !choices.insert(message.option_values.clone()) {
            violations.add(format!("{at}.option_values"), "are those of another variant too");
        }
        if let Err(problem) = ProductOption::check_choice(options, &message.option_values) {
            violations.add(format!("{at}.option_values"), problem);
        }
        let mut variant = new_variant("", message, &at, violations);
        if !name.is_empty() {
            let parsed = VariantName::parse(&name);
            variant.id = violations.take(&format!("{at}.name"), parsed).map(|name| name.variant);
        }
        if variant.id.as_ref().is_some_and(|id| !ids.insert(id.clone())) {
            violations.add(format!("{at}.name"), "is the name of another variant too");
        }
        variants.push(variant);
    }
    variants
}

fn gtins(given: &[String], at: &str, violations: &mut Violations) -> Vec<Gtin> {
    let mut gtins: Vec<Gtin> = Vec::with_capacity(given.len());
    for (index, text) in given.iter().enumerate() {
        let field = format!("{at}.gtins[{index}]");
        let Some(gtin) = violations.take(&field, Gtin::parse(text)) else { continue };
        if gtins.contains(&gtin) {
            violations.add(field, "stands in the list for the second time");
        }
        gtins.push(gtin);
    }
    gtins
}

fn prices(given: &[wire::Price], at: &str, violations: &mut Violations) -> Vec<Price> {
    let mut prices: Vec<Price> = Vec::with_capacity(given.len());
    for (index, price) in given.iter().enumerate() {
        let at = format!("{at}.prices[{index}]");
        let amount = price.amount.as_ref();
        let amount = amount.and_then(|amount| money(amount, &format!("{at}.amount"), violations));
        let before = price.compare_at_amount.as_ref();
        let before_at = format!("{at}.compare_at_amount");
        let compare_at = before.and_then(|before| money(before, &before_at, violations));
        let Some(amount) = amount else { continue };
        if prices.iter().any(|earlier| earlier.amount.currency() == amount.currency()) {
            violations.add(format!("{at}.amount"), "there is a price in this currency already");
        }
        match compare_at {
            Some(before) if before.currency() != amount.currency() => {
                violations.add(before_at, "must be in the currency of the amount");
            }
            Some(before) if before.micros() <= amount.micros() => {
                violations.add(before_at, "must be higher than the amount");
            }
            _ => {}
        }
        prices.push(Price { amount, compare_at });
    }
    prices
}

fn money(given: &WireMoney, at: &str, violations: &mut Violations) -> Option<Money> {
    let currency = Currency::parse(&given.currency_code);
    let currency = violations.take(&format!("{at}.currency_code"), currency)?;
    violations.take(at, Money::from_units(currency, given.units, given.nanos))
}

/// Writes a variant of a product.
pub(super) fn to_wire(product: &ProductId, variant: &Variant) -> wire::Variant {
    let price = |price: &Price| wire::Price {
        amount: Some(money_to_wire(price.amount)),
        compare_at_amount: price.compare_at.map(money_to_wire),
    };
    wire::Variant {
        name: format!("products/{product}/variants/{}", variant.id),
        uid: variant.uid.as_str().to_owned(),
        etag: variant.etag().as_str().to_owned(),
        sku: variant.sku.as_ref().map(|sku| sku.as_str().to_owned()).unwrap_or_default(),
        gtins: variant.gtins.iter().map(|gtin| gtin.as_str().to_owned()).collect(),
        option_values: variant.option_values.clone(),
        prices: variant.prices.iter().map(price).collect(),
        create_time: Some(time::to_wire(variant.create_time)),
        update_time: Some(time::to_wire(variant.update_time)),
    }
}

/// A variant's document.
pub(crate) fn document(product: &ProductId, variant: &Variant) -> Vec<u8> {
    to_wire(product, variant).encode_to_vec()
}

/// Reads a variant that was kept.
pub(super) fn from_wire(message: wire::Variant) -> Option<Variant> {
    let uid = Uid::new(message.uid);
    let price = |price: &wire::Price| {
        Some(Price {
            amount: money_from_wire(price.amount.as_ref()?)?,
            compare_at: price.compare_at_amount.as_ref().and_then(money_from_wire),
        })
    };
    let gtins: Result<_, _> = message.gtins.iter().map(|gtin| Gtin::parse(gtin)).collect();
    Some(Variant {
        id: VariantName::parse(&message.name).ok()?.variant,
        version: etag_version(&message.etag, &uid)?,
        uid,
        sku: Sku::parse(&message.sku).ok(),
        gtins: gtins.ok()?,
        option_values: message.option_values,
        prices: message.prices.iter().map(price).collect::<Option<_>>()?,
        create_time: time::kept(message.create_time)?,
        update_time: time::kept(message.update_time)?,
    })
}
