//! A product as the cards of the shop show it, read where it stands in an answer. The tags are those of the contract, and a test holds
//! them to it.

use super::priced::{PriceRef, RangeRef};
use crate::wire::{Fields, Malformed, Value, text, text_within};

/// Of `Product`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shown<'a> {
    pub(crate) title: &'a str,
    pub(crate) slug: &'a str,
    pub(crate) brand: &'a str,
    pub(crate) options: Vec<ShownOption<'a>>,
    /// The attributes that are texts, by their names.
    pub(crate) texts: Vec<(&'a str, &'a str)>,
    /// The address of the first picture.
    pub(crate) picture: Option<&'a str>,
    pub(crate) price_range: Option<RangeRef<'a>>,
    /// Those of all variants.
    pub(crate) prices: Vec<PriceRef<'a>>,
}

/// Of `Option`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ShownOption<'a> {
    pub(crate) name: &'a str,
    pub(crate) first_value: &'a str,
    /// How many values there are.
    pub(crate) values: usize,
}

impl<'a> Shown<'a> {
    /// Reads a `Product`.
    pub(crate) fn read(product: &'a [u8]) -> Result<Self, Malformed> {
        let mut shown = Self::default();
        for field in Fields::of(product) {
            if let (number, Value::Bytes(bytes)) = field? {
                shown.take(number, bytes)?;
            }
        }
        // A map is written in any order.
        shown.texts.sort_unstable();
        Ok(shown)
    }

    fn take(&mut self, number: u32, bytes: &'a [u8]) -> Result<(), Malformed> {
        match number {
            5 => self.title = text(bytes)?,
            6 => self.slug = text(bytes)?,
            8 => self.brand = text(bytes)?,
            11 => self.texts.extend(attribute(bytes)?),
            12 => self.options.push(option(bytes)?),
            13 if self.picture.is_none() => self.picture = Some(text_within(bytes, 1)?),
            16 => self.price_range = Some(RangeRef::read(bytes)?),
            17 => self.take_prices(bytes)?,
            _ => {}
        }
        Ok(())
    }

    /// Those of a `Variant`.
    fn take_prices(&mut self, variant: &'a [u8]) -> Result<(), Malformed> {
        for field in Fields::of(variant) {
            if let (7, Value::Bytes(price)) = field? {
                self.prices.push(PriceRef::read(price)?);
            }
        }
        Ok(())
    }
}

/// An entry of a map of `AttributeValue`, if that is a text.
fn attribute(entry: &[u8]) -> Result<Option<(&str, &str)>, Malformed> {
    let (mut name, mut value) = ("", None);
    for field in Fields::of(entry) {
        match field? {
            (1, Value::Bytes(bytes)) => name = text(bytes)?,
            (2, Value::Bytes(bytes)) => value = text_in(bytes)?,
            _ => {}
        }
    }
    Ok(value.map(|value| (name, value)))
}

/// The text of an `AttributeValue`.
fn text_in(value: &[u8]) -> Result<Option<&str>, Malformed> {
    let mut found = None;
    for field in Fields::of(value) {
        match field? {
            (1, Value::Bytes(bytes)) => found = Some(text(bytes)?),
            // Of a choice between fields the last one counts.
            (2, _) => found = None,
            _ => {}
        }
    }
    Ok(found)
}

fn option(bytes: &[u8]) -> Result<ShownOption<'_>, Malformed> {
    let mut option = ShownOption::default();
    for field in Fields::of(bytes) {
        match field? {
            (1, Value::Bytes(name)) => option.name = text(name)?,
            (2, Value::Bytes(value)) => {
                if option.values == 0 {
                    option.first_value = text(value)?;
                }
                option.values += 1;
            }
            _ => {}
        }
    }
    Ok(option)
}

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use proto::{
        catalog::{
            AttributeValue, Image, Option as Chosen, Price, PriceRange, Product, Variant,
            attribute_value,
        },
        google::r#type::Money,
    };

    use super::*;

    fn price(units: i64) -> Price {
        let amount = Some(Money { currency_code: "EUR".into(), units, nanos: 0 });
        Price { amount, compare_at_amount: None }
    }

    fn product() -> Product {
        let text = |text: &str| attribute_value::Value::Text(text.into());
        let attributes = [
            ("weight_g", attribute_value::Value::Number(300.0)),
            ("material", text("steel")),
            ("care", text("By hand")),
        ];
        let variant = |units| Variant { prices: vec![price(units)], ..Variant::default() };
        Product {
            name: "products/mug".into(),
            uid: "u".into(),
            title: "Enamel mug".into(),
            slug: "enamel-mug".into(),
            description: "Of *steel*.".into(),
            brand: "Emalia".into(),
            attributes: attributes
                .map(|(name, value)| (name.into(), AttributeValue { value: Some(value) }))
                .into(),
            options: vec![Chosen {
                name: "Colour".into(),
                values: vec!["White".into(), "Blue".into()],
            }],
            images: ["/pictures/a.svg", "/pictures/b.svg"]
                .map(|uri| Image { uri: uri.into(), alternative_text: "A mug".into() })
                .into(),
            price_range: Some(PriceRange { lowest: price(14).amount, highest: price(16).amount }),
            variants: vec![variant(14), variant(16)],
            ..Product::default()
        }
    }

    #[test]
    fn a_product_is_read_as_the_contract_writes_it() {
        let (whole, bytes) = (product(), product().encode_to_vec());
        let options = vec![ShownOption { name: "Colour", first_value: "White", values: 2 }];
        let prices = [price(14), price(16)];
        let expected = Shown {
            title: "Enamel mug",
            slug: "enamel-mug",
            brand: "Emalia",
            options,
            texts: vec![("care", "By hand"), ("material", "steel")],
            picture: Some("/pictures/a.svg"),
            price_range: whole.price_range.as_ref().map(RangeRef::from),
            prices: prices.iter().map(PriceRef::from).collect(),
        };
        assert_eq!(Shown::read(&bytes), Ok(expected));
    }

    #[test]
    fn of_a_choice_between_fields_the_last_one_counts() {
        let (text, number) = (&[0x0a, 1, b'x'][..], &[0x11, 0, 0, 0, 0, 0, 0, 0, 0][..]);
        assert_eq!(text_in(&[text, number].concat()), Ok(None));
        assert_eq!(text_in(&[number, text].concat()), Ok(Some("x")));
    }

    #[test]
    fn a_product_that_is_cut_short_is_not_read() {
        let bytes = product().encode_to_vec();
        assert_eq!(Shown::read(&bytes[..bytes.len() - 1]), Err(Malformed));
    }
}
