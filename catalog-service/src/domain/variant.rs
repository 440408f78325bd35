//! A variant: what is sold, with its codes and prices.

use jiff::Timestamp;

use super::{Currency, Etag, Gtin, Money, Sku, Uid, VariantId};

/// A price in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// What it costs.
    pub amount: Money,
    /// What it cost before: in the same currency, and higher.
    pub compare_at: Option<Money>,
}

/// A variant as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The last part of its name.
    pub id: VariantId,
    /// Never used again.
    pub uid: Uid,
    /// Rises with every write of the variant.
    pub version: u64,
    /// The shop's code.
    pub sku: Option<Sku>,
    /// GS1's codes.
    pub gtins: Vec<Gtin>,
    /// One value for each option of the product.
    pub option_values: Vec<String>,
    /// One price a currency.
    pub prices: Vec<Price>,
    /// When it was created.
    pub create_time: Timestamp,
    /// When it was last changed.
    pub update_time: Timestamp,
}

impl Variant {
    /// The tag of this version.
    pub fn etag(&self) -> Etag {
        Etag::of(&self.uid, self.version)
    }
}

/// The fields of a variant that callers set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VariantFields {
    /// The shop's code.
    pub sku: Option<Sku>,
    /// GS1's codes.
    pub gtins: Vec<Gtin>,
    /// One value for each option of the product.
    pub option_values: Vec<String>,
    /// One price a currency.
    pub prices: Vec<Price>,
}

/// A variant to create.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewVariant {
    /// The id the caller chose.
    pub id: Option<VariantId>,
    /// What is said about it.
    pub fields: VariantFields,
}

/// A field that callers may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VariantField {
    /// `sku`
    Sku,
    /// `gtins`
    Gtins,
    /// `option_values`
    OptionValues,
    /// `prices`
    Prices,
}

impl VariantField {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 4] = [Self::Sku, Self::Gtins, Self::OptionValues, Self::Prices];

    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sku => "sku",
            Self::Gtins => "gtins",
            Self::OptionValues => "option_values",
            Self::Prices => "prices",
        }
    }
}

impl VariantFields {
    /// Puts the masked fields into a variant.
    pub fn put_into(&self, mask: &[VariantField], variant: &mut Variant) {
        for field in mask {
            match field {
                VariantField::Sku => variant.sku.clone_from(&self.sku),
                VariantField::Gtins => variant.gtins.clone_from(&self.gtins),
                VariantField::OptionValues => variant.option_values.clone_from(&self.option_values),
                VariantField::Prices => variant.prices.clone_from(&self.prices),
            }
        }
    }
}

/// The lowest and the highest price of several variants in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceSpan {
    /// The lowest price.
    pub lowest: Money,
    /// The highest price.
    pub highest: Money,
}

impl PriceSpan {
    /// The span in every currency in which any of the variants has a price, by the currencies' codes.
    pub fn of<'a>(variants: impl IntoIterator<Item = &'a Variant>) -> Vec<Self> {
        let mut spans: Vec<Self> = Vec::new();
        for price in variants.into_iter().flat_map(|variant| &variant.prices) {
            let amount = price.amount;
            match spans.iter_mut().find(|span| span.currency() == amount.currency()) {
                Some(span) if amount.micros() < span.lowest.micros() => span.lowest = amount,
                Some(span) if amount.micros() > span.highest.micros() => span.highest = amount,
                Some(_) => {}
                None => spans.push(Self { lowest: amount, highest: amount }),
            }
        }
        spans.sort_by_key(|span| span.currency());
        spans
    }

    /// In which currency both are.
    pub fn currency(&self) -> Currency {
        self.lowest.currency()
    }
}
