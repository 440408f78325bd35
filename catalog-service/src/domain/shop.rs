//! The shop itself; there is exactly one.

use jiff::Timestamp;

use super::{Currency, Etag, Uid};

/// The shop as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shop {
    /// Never used again.
    pub uid: Uid,
    /// Rises with every write.
    pub version: u64,
    /// What it is called.
    pub display_name: String,
    /// In which prices are sorted, filtered and shown first.
    pub default_currency: Currency,
    /// The BCP 47 tag of the language of the products.
    pub default_language: String,
    /// To what changed prices are rounded.
    pub price_rounding: PriceRounding,
    /// When it was last changed.
    pub update_time: Timestamp,
}

/// To what a price is rounded that is changed by a rule. The catalog keeps it for those who change prices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PriceRounding {
    /// The smallest unit of the currency.
    #[default]
    SmallestUnit,
    /// Five of them.
    FiveSmallestUnits,
    /// Ten of them.
    TenSmallestUnits,
    /// A whole amount.
    WholeUnit,
    /// An amount that ends in 90 hundredths.
    Ending90,
    /// An amount that ends in 95 hundredths.
    Ending95,
    /// An amount that ends in 99 hundredths.
    Ending99,
}

impl Shop {
    /// The tag of this version.
    pub fn etag(&self) -> Etag {
        Etag::of(&self.uid, self.version)
    }
}

/// The fields of the shop that callers set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopFields {
    /// What it is called.
    pub display_name: String,
    /// In which prices are sorted, filtered and shown first.
    pub default_currency: Currency,
    /// The BCP 47 tag of the language of the products.
    pub default_language: String,
    /// To what changed prices are rounded.
    pub price_rounding: PriceRounding,
}

/// A field that callers may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShopField {
    /// `display_name`
    DisplayName,
    /// `default_currency`
    DefaultCurrency,
    /// `default_language`
    DefaultLanguage,
    /// `price_rounding`
    PriceRounding,
}

impl ShopField {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 4] =
        [Self::DisplayName, Self::DefaultCurrency, Self::DefaultLanguage, Self::PriceRounding];

    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::DisplayName => "display_name",
            Self::DefaultCurrency => "default_currency",
            Self::DefaultLanguage => "default_language",
            Self::PriceRounding => "price_rounding",
        }
    }
}

impl ShopFields {
    /// Puts the masked fields into the shop.
    pub fn put_into(&self, mask: &[ShopField], shop: &mut Shop) {
        for field in mask {
            match field {
                ShopField::DisplayName => shop.display_name.clone_from(&self.display_name),
                ShopField::DefaultCurrency => shop.default_currency = self.default_currency,
                ShopField::DefaultLanguage => {
                    shop.default_language.clone_from(&self.default_language);
                }
                ShopField::PriceRounding => shop.price_rounding = self.price_rounding,
            }
        }
    }
}

impl Shop {
    /// The names of the fields in which the shop differs from an earlier state of itself.
    pub fn changed_fields(&self, before: &Self) -> Vec<String> {
        let differs = |field: &ShopField| match field {
            ShopField::DisplayName => self.display_name != before.display_name,
            ShopField::DefaultCurrency => self.default_currency != before.default_currency,
            ShopField::DefaultLanguage => self.default_language != before.default_language,
            ShopField::PriceRounding => self.price_rounding != before.price_rounding,
        };
        let changed = ShopField::ALL.into_iter().filter(differs);
        changed.map(|field| field.name().to_owned()).collect()
    }
}
