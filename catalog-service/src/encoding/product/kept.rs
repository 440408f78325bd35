//! Products as they are kept: parts of one encoded message, of which each is left out where it is not to be seen.

use prost::Message as _;
use proto::{catalog as wire, google::r#type::Money as WireMoney};

use crate::{
    domain::{
        AttributeValue, CategoryId, Currency, Image, Money, PriceSpan, Product, ProductId,
        ProductOption, Slug, State, Uid, Variant, Window,
    },
    encoding::{Damaged, actor, etag_version, time, variant},
};

/// The part that everybody may see who may see the product at all.
pub(crate) fn document(product: &Product) -> Vec<u8> {
    let message = wire::Product {
        name: product.id.name(),
        uid: product.uid.as_str().to_owned(),
        etag: product.etag().as_str().to_owned(),
        state: state_to_wire(product.state).into(),
        title: product.title.clone(),
        slug: product.slug.as_str().to_owned(),
        description: product.description.clone(),
        brand: product.brand.clone(),
        categories: product.categories.iter().map(CategoryId::name).collect(),
        tags: product.tags.clone(),
        attributes: product.attributes.iter().map(attribute_to_wire).collect(),
        options: product.options.iter().map(option_to_wire).collect(),
        images: product.images.iter().map(image_to_wire).collect(),
        publish_time: product.window.start.map(time::to_wire),
        unpublish_time: product.window.end.map(time::to_wire),
        create_time: Some(time::to_wire(product.create_time)),
        update_time: Some(time::to_wire(product.update_time)),
        delete_time: product.delete_time.map(time::to_wire),
        purge_time: product.purge_time.map(time::to_wire),
        ..Default::default()
    };
    message.encode_to_vec()
}

/// The part that says who changed it.
pub(crate) fn actors(product: &Product) -> Vec<u8> {
    let message = wire::Product {
        update_actor: Some(actor::to_wire(&product.update_actor)),
        delete_actor: product.delete_actor.as_ref().map(actor::to_wire),
        ..Default::default()
    };
    message.encode_to_vec()
}

/// The name of who deleted a product, by the part of [`actors`]; empty when nobody did.
pub(crate) fn deleted_by(actors: &[u8]) -> Result<String, Damaged> {
    let who = wire::Product::decode(actors)?.delete_actor;
    Ok(who.map(|actor| actor.name).unwrap_or_default())
}

/// The part that holds its lowest and highest price.
pub(crate) fn price_range(span: Option<&PriceSpan>) -> Vec<u8> {
    let range = span.map(|span| wire::PriceRange {
        lowest: Some(money_to_wire(span.lowest)),
        highest: Some(money_to_wire(span.highest)),
    });
    wire::Product { price_range: range, ..Default::default() }.encode_to_vec()
}

/// The part that holds its variants.
pub(crate) fn variants(id: &ProductId, variants: &[Variant]) -> Vec<u8> {
    let variants = variants.iter().map(|one| variant::to_wire(id, one)).collect();
    wire::Product { variants, ..Default::default() }.encode_to_vec()
}

/// The parts as one message, with its fields in the order of their numbers: who prints it as it comes has nothing to sort.
pub(crate) fn whole(
    document: &[u8],
    price_range: &[u8],
    actors: &[u8],
    variants: &[u8],
) -> Vec<u8> {
    const PRICE_RANGE: u64 = 16;
    let (before, behind) = document.split_at(length_below(document, PRICE_RANGE));
    [before, price_range, variants, behind, actors].concat()
}

/// How many bytes the fields in front take up that have a smaller number.
fn length_below(message: &[u8], number: u64) -> usize {
    let mut rest = message;
    while let Some(field) = next_field(rest).filter(|field| field.number < number) {
        rest = field.behind;
    }
    message.len() - rest.len()
}

/// The uid in an encoded product.
pub(crate) fn uid(document: &[u8]) -> Result<Uid, Damaged> {
    #[derive(Clone, PartialEq, prost::Message)]
    struct Identity {
        #[prost(string, tag = "2")]
        uid: String,
    }
    Ok(Uid::new(Identity::decode(document)?.uid))
}

/// Reads a whole product back.
pub(crate) fn read(bytes: &[u8]) -> Result<(Product, Vec<Variant>), Damaged> {
    from_message(wire::Product::decode(bytes)?)
}

/// The same from a message.
pub(crate) fn from_message(mut message: wire::Product) -> Result<(Product, Vec<Variant>), Damaged> {
    let variants = std::mem::take(&mut message.variants);
    let variants: Option<_> = variants.into_iter().map(variant::from_wire).collect();
    from_wire(message).zip(variants).ok_or(Damaged::Content("product"))
}

fn from_wire(message: wire::Product) -> Option<Product> {
    let uid = Uid::new(message.uid);
    let categories: Result<_, _> =
        message.categories.iter().map(|name| CategoryId::from_name(name)).collect();
    Some(Product {
        id: ProductId::from_name(&message.name).ok()?,
        version: etag_version(&message.etag, &uid)?,
        uid,
        state: match wire::product::State::try_from(message.state).ok()? {
            wire::product::State::Active => State::Active,
            wire::product::State::Archived => State::Archived,
            wire::product::State::Draft | wire::product::State::Unspecified => State::Draft,
        },
        title: message.title,
        slug: Slug::parse(&message.slug).ok()?,
        description: message.description,
        brand: message.brand,
        categories: categories.ok()?,
        tags: message.tags,
        attributes: message
            .attributes
            .into_iter()
            .map(attribute_from_wire)
            .collect::<Option<_>>()?,
        options: message.options.into_iter().map(option_from_wire).collect(),
        images: message.images.into_iter().map(image_from_wire).collect(),
        window: Window {
            start: time::kept(message.publish_time),
            end: time::kept(message.unpublish_time),
        },
        create_time: time::kept(message.create_time)?,
        update_time: time::kept(message.update_time)?,
        delete_time: time::kept(message.delete_time),
        purge_time: time::kept(message.purge_time),
        update_actor: message.update_actor.map(actor::from_wire)?,
        delete_actor: message.delete_actor.map(actor::from_wire),
    })
}

fn state_to_wire(state: State) -> wire::product::State {
    match state {
        State::Draft => wire::product::State::Draft,
        State::Active => wire::product::State::Active,
        State::Archived => wire::product::State::Archived,
    }
}

fn attribute_to_wire((name, value): (&String, &AttributeValue)) -> (String, wire::AttributeValue) {
    use wire::attribute_value::Value;
    let value = match value {
        AttributeValue::Text(text) => Value::Text(text.clone()),
        AttributeValue::Number(number) => Value::Number(*number),
    };
    (name.clone(), wire::AttributeValue { value: Some(value) })
}

fn attribute_from_wire(
    (name, value): (String, wire::AttributeValue),
) -> Option<(String, AttributeValue)> {
    use wire::attribute_value::Value;
    let value = match value.value? {
        Value::Text(text) => AttributeValue::Text(text),
        Value::Number(number) => AttributeValue::Number(number),
    };
    Some((name, value))
}

fn option_to_wire(option: &ProductOption) -> wire::Option {
    wire::Option { name: option.name.clone(), values: option.values.clone() }
}

fn option_from_wire(option: wire::Option) -> ProductOption {
    ProductOption { name: option.name, values: option.values }
}

fn image_to_wire(image: &Image) -> wire::Image {
    wire::Image { uri: image.uri.clone(), alternative_text: image.alternative_text.clone() }
}

fn image_from_wire(image: wire::Image) -> Image {
    Image { uri: image.uri, alternative_text: image.alternative_text }
}

/// Writes an amount.
pub(crate) fn money_to_wire(money: Money) -> WireMoney {
    WireMoney {
        currency_code: money.currency().code().to_owned(),
        units: money.units(),
        nanos: money.nanos(),
    }
}

/// Reads an amount that was kept.
pub(crate) fn money_from_wire(money: &WireMoney) -> Option<Money> {
    let currency = Currency::parse(&money.currency_code).ok()?;
    Money::from_units(currency, money.units, money.nanos).ok()
}

/// The description in an encoded product, without decoding the rest; empty when there is none.
pub(crate) fn description(document: &[u8]) -> &str {
    const DESCRIPTION: u64 = 7;
    let mut rest = document;
    while let Some(field) = next_field(rest) {
        if field.number == DESCRIPTION {
            return std::str::from_utf8(field.value).unwrap_or_default();
        }
        rest = field.behind;
    }
    ""
}

/// One field of an encoded message.
struct EncodedField<'a> {
    number: u64,
    /// Its bytes; none unless it has a length.
    value: &'a [u8],
    /// The fields after it.
    behind: &'a [u8],
}

fn next_field(mut bytes: &[u8]) -> Option<EncodedField<'_>> {
    use prost::encoding::decode_varint;
    let tag = decode_varint(&mut bytes).ok()?;
    let number = tag >> 3;
    let (length, has_value) = match tag & 7 {
        0 => {
            decode_varint(&mut bytes).ok()?;
            (0, false)
        }
        1 => (8, false),
        2 => (usize::try_from(decode_varint(&mut bytes).ok()?).ok()?, true),
        5 => (4, false),
        _ => return None,
    };
    let (value, behind) = bytes.split_at_checked(length)?;
    Some(EncodedField { number, value: if has_value { value } else { &[] }, behind })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_make_a_whole_with_its_fields_in_order() {
        let times = Some(time::to_wire(jiff::Timestamp::UNIX_EPOCH));
        let message = wire::Product {
            name: "products/mug".to_owned(),
            tags: vec!["new".to_owned(), "blue".to_owned()],
            price_range: Some(wire::PriceRange::default()),
            variants: vec![wire::Variant::default(); 2],
            create_time: times,
            purge_time: times,
            update_actor: Some(wire::Actor::default()),
            ..Default::default()
        };
        let part = |from: u64, until: u64| {
            let all = message.encode_to_vec();
            let (front, end) = (length_below(&all, from), length_below(&all, until));
            all[front..end].to_vec()
        };
        let (range, variants, actors) = (part(16, 17), part(17, 18), part(22, 99));
        let document = [part(1, 16), part(18, 22)].concat();
        assert!([&range, &variants, &actors].into_iter().all(|part| !part.is_empty()));
        assert_eq!(whole(&document, &range, &actors, &variants), message.encode_to_vec());
        assert_eq!(whole(&document, &[], &[], &[]), document);
        assert_eq!(whole(&[], &range, &[], &[]), range);
    }
}
