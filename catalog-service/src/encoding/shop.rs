//! The shop between the domain and the contract.

use prost::Message as _;
use prost_types::FieldMask;
use proto::catalog::{self as wire, shop::PriceRounding as WireRounding};

use super::{Damaged, MaskError, kept_etag, mask, time};
use crate::domain::{Currency, PriceRounding, Shop, ShopField, ShopFields, Violations};

const IGNORED: [&str; 3] = ["name", "etag", "update_time"];

/// Which fields an update replaces: those that the mask names, or, without one, those that are set in the message.
///
/// # Errors
/// A path that names no field of the shop.
pub fn mask(message: &wire::Shop, mask: Option<&FieldMask>) -> Result<Vec<ShopField>, MaskError> {
    let is_set = |field: ShopField| match field {
        ShopField::DisplayName => !message.display_name.is_empty(),
        ShopField::DefaultCurrency => !message.default_currency.is_empty(),
        ShopField::DefaultLanguage => !message.default_language.is_empty(),
        ShopField::PriceRounding => message.price_rounding() != WireRounding::Unspecified,
    };
    let all = ShopField::ALL.map(|field| (field.name(), field, is_set(field)));
    mask::plain(mask, &all, &IGNORED, "shop")
}

/// Reads the masked fields; `at` is the path of the shop in the request.
pub fn fields(
    message: wire::Shop,
    mask: &[ShopField],
    at: &str,
    violations: &mut Violations,
) -> ShopFields {
    let mut fields = ShopFields {
        display_name: String::new(),
        default_currency: Currency::EUR,
        default_language: String::new(),
        price_rounding: rounding(message.price_rounding()),
    };
    if mask.contains(&ShopField::DisplayName) && message.display_name.trim().is_empty() {
        violations.add(format!("{at}.display_name"), "must not be empty");
    }
    if mask.contains(&ShopField::DefaultCurrency) {
        let currency = Currency::parse(&message.default_currency);
        let currency = violations.take(&format!("{at}.default_currency"), currency);
        fields.default_currency = currency.unwrap_or(Currency::EUR);
    }
    if mask.contains(&ShopField::DefaultLanguage) && message.default_language.is_empty() {
        violations.add(format!("{at}.default_language"), "must be a language such as `en`");
    }
    fields.display_name = message.display_name;
    fields.default_language = message.default_language;
    fields
}

/// The shop's document.
pub(crate) fn document(shop: &Shop) -> Vec<u8> {
    let message = wire::Shop {
        name: "shop".to_owned(),
        etag: shop.etag().as_str().to_owned(),
        display_name: shop.display_name.clone(),
        default_currency: shop.default_currency.code().to_owned(),
        default_language: shop.default_language.clone(),
        update_time: Some(time::to_wire(shop.update_time)),
        price_rounding: rounding_to_wire(shop.price_rounding).into(),
    };
    message.encode_to_vec()
}

/// Reads the shop's document back.
pub(crate) fn read(bytes: &[u8]) -> Result<Shop, Damaged> {
    from_wire(wire::Shop::decode(bytes)?).ok_or(Damaged::Content("shop"))
}

fn from_wire(message: wire::Shop) -> Option<Shop> {
    let (uid, version) = kept_etag(&message.etag)?;
    let price_rounding = rounding(message.price_rounding());
    Some(Shop {
        uid,
        version,
        display_name: message.display_name,
        default_currency: Currency::parse(&message.default_currency).ok()?,
        default_language: message.default_language,
        price_rounding,
        update_time: time::kept(message.update_time)?,
    })
}

/// What is not given is what a shop has that was never told.
fn rounding(rounding: WireRounding) -> PriceRounding {
    match rounding {
        WireRounding::Unspecified | WireRounding::SmallestUnit => PriceRounding::SmallestUnit,
        WireRounding::FiveSmallestUnits => PriceRounding::FiveSmallestUnits,
        WireRounding::TenSmallestUnits => PriceRounding::TenSmallestUnits,
        WireRounding::WholeUnit => PriceRounding::WholeUnit,
        WireRounding::Ending90 => PriceRounding::Ending90,
        WireRounding::Ending95 => PriceRounding::Ending95,
        WireRounding::Ending99 => PriceRounding::Ending99,
    }
}

fn rounding_to_wire(rounding: PriceRounding) -> WireRounding {
    match rounding {
        PriceRounding::SmallestUnit => WireRounding::SmallestUnit,
        PriceRounding::FiveSmallestUnits => WireRounding::FiveSmallestUnits,
        PriceRounding::TenSmallestUnits => WireRounding::TenSmallestUnits,
        PriceRounding::WholeUnit => WireRounding::WholeUnit,
        PriceRounding::Ending90 => WireRounding::Ending90,
        PriceRounding::Ending95 => WireRounding::Ending95,
        PriceRounding::Ending99 => WireRounding::Ending99,
    }
}
