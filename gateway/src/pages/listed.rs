//! A product as the admin's list shows it, read where it stands in an answer. The tags are those of the contract, and a test holds them
//! to it.

use prost_types::Timestamp;
use proto::catalog::product::State;

use super::priced::{PriceRef, RangeRef};
use crate::wire::{Fields, Malformed, Value, message, text, text_within};

/// Of `Product`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Listed<'a> {
    pub(crate) name: &'a str,
    pub(crate) etag: &'a str,
    pub(crate) state: State,
    pub(crate) title: &'a str,
    /// The address of the first picture.
    pub(crate) picture: Option<&'a str>,
    pub(crate) publish_time: Option<Timestamp>,
    pub(crate) unpublish_time: Option<Timestamp>,
    pub(crate) price_range: Option<RangeRef<'a>>,
    pub(crate) first_variant: Option<ListedVariant<'a>>,
    /// How many variants there are.
    pub(crate) variants: usize,
    pub(crate) update_time: Option<Timestamp>,
    pub(crate) delete_time: Option<Timestamp>,
    /// The name of who has changed it.
    pub(crate) updated_by: &'a str,
}

/// Of `Variant`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ListedVariant<'a> {
    pub(crate) name: &'a str,
    pub(crate) etag: &'a str,
    pub(crate) sku: &'a str,
    pub(crate) prices: Vec<PriceRef<'a>>,
}

impl<'a> Listed<'a> {
    /// Reads a `Product`.
    pub(crate) fn read(product: &'a [u8]) -> Result<Self, Malformed> {
        let mut listed = Self::default();
        for field in Fields::of(product) {
            match field? {
                (4, Value::Bits(state)) => listed.state = state_of(state),
                (number, Value::Bytes(bytes)) => listed.take(number, bytes)?,
                _ => {}
            }
        }
        Ok(listed)
    }

    fn take(&mut self, number: u32, bytes: &'a [u8]) -> Result<(), Malformed> {
        match number {
            1 => self.name = text(bytes)?,
            3 => self.etag = text(bytes)?,
            5 => self.title = text(bytes)?,
            13 if self.picture.is_none() => self.picture = Some(text_within(bytes, 1)?),
            14 => self.publish_time = Some(message(bytes)?),
            15 => self.unpublish_time = Some(message(bytes)?),
            16 => self.price_range = Some(RangeRef::read(bytes)?),
            17 => {
                self.variants += 1;
                if self.variants == 1 {
                    self.first_variant = Some(ListedVariant::read(bytes)?);
                }
            }
            19 => self.update_time = Some(message(bytes)?),
            20 => self.delete_time = Some(message(bytes)?),
            22 => self.updated_by = text_within(bytes, 2)?,
            _ => {}
        }
        Ok(())
    }
}

impl<'a> ListedVariant<'a> {
    fn read(variant: &'a [u8]) -> Result<Self, Malformed> {
        let mut listed = Self::default();
        for field in Fields::of(variant) {
            match field? {
                (1, Value::Bytes(name)) => listed.name = text(name)?,
                (3, Value::Bytes(etag)) => listed.etag = text(etag)?,
                (4, Value::Bytes(sku)) => listed.sku = text(sku)?,
                (7, Value::Bytes(price)) => listed.prices.push(PriceRef::read(price)?),
                _ => {}
            }
        }
        Ok(listed)
    }
}

/// A state that is not known is none, as a message has it.
fn state_of(number: u64) -> State {
    i32::try_from(number).ok().and_then(|number| State::try_from(number).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use proto::{
        catalog::{Actor, Image, Price, PriceRange, Product, Variant},
        google::r#type::Money,
    };
    use rstest::rstest;

    use super::*;

    fn product() -> Product {
        let money = |units| Some(Money { currency_code: "EUR".into(), units, nanos: 0 });
        let at = |seconds| Some(Timestamp { seconds, nanos: 0 });
        let price = Price { amount: money(14), compare_at_amount: money(15) };
        let variant = |sku: &str| Variant {
            name: format!("products/mug/variants/{sku}"),
            uid: "u".into(),
            etag: "\"w1\"".into(),
            sku: sku.into(),
            gtins: vec!["4006381333931".into()],
            prices: vec![price.clone()],
            ..Variant::default()
        };
        Product {
            name: "products/mug".into(),
            uid: "u".into(),
            etag: "\"v1\"".into(),
            state: State::Active.into(),
            title: "Enamel mug".into(),
            description: "Of *steel*.".into(),
            images: ["/pictures/a.svg", "/pictures/b.svg"]
                .map(|uri| Image { uri: uri.into(), alternative_text: "A mug".into() })
                .into(),
            publish_time: at(1),
            unpublish_time: at(2),
            price_range: Some(PriceRange { lowest: money(14), highest: money(16) }),
            variants: vec![variant("white"), variant("blue")],
            update_time: at(3),
            delete_time: at(4),
            update_actor: Some(Actor { name: "users/g".into(), display_name: "Grace".into() }),
            ..Product::default()
        }
    }

    #[test]
    fn a_product_is_read_as_the_contract_writes_it() {
        let whole = product();
        let bytes = whole.encode_to_vec();
        let listed = Listed::read(&bytes).unwrap();
        assert_eq!(
            (listed.name, listed.etag, listed.state, listed.title),
            (&*whole.name, &*whole.etag, whole.state(), &*whole.title)
        );
        assert_eq!(listed.picture, Some("/pictures/a.svg"));
        assert_eq!(
            (listed.publish_time, listed.unpublish_time, listed.update_time, listed.delete_time),
            (whole.publish_time, whole.unpublish_time, whole.update_time, whole.delete_time)
        );
        assert_eq!(listed.price_range, whole.price_range.as_ref().map(RangeRef::from));
        assert_eq!(listed.updated_by, "Grace");
        let (first, variant) = (listed.first_variant.unwrap(), &whole.variants[0]);
        assert_eq!(listed.variants, 2);
        assert_eq!(
            (first.name, first.etag, first.sku),
            (&*variant.name, &*variant.etag, &*variant.sku)
        );
        assert_eq!(first.prices, variant.prices.iter().map(PriceRef::from).collect::<Vec<_>>());
    }

    #[test]
    fn a_product_that_is_cut_short_is_not_read() {
        let whole = product().encode_to_vec();
        // The message of the actor is the last, and has more than one byte.
        assert_eq!(Listed::read(&whole[..whole.len() - 1]), Err(Malformed));
    }

    #[rstest]
    #[case::of_a_later_contract(&[0x20, 99])]
    #[case::beyond_an_enum(&[0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])]
    fn a_state_that_is_not_known_is_none(#[case] bytes: &[u8]) {
        assert_eq!(Listed::read(bytes).unwrap().state, State::Unspecified);
    }
}
