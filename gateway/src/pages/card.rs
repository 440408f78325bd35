//! A product as the shop shows it in a list: picture, name, price label, a word or two.

use std::borrow::Cow;

use proto::catalog::{AttributeValue, Image, attribute_value::Value};

use super::{
    answers::Found,
    escaped::Escaped,
    locale::{Amount, Amounts, Locale},
    priced::{PriceRef, RangeRef},
    search::marks,
    shown::{Shown, ShownOption},
};
use crate::wire::Malformed;

/// The longest attribute that fits on a card, in characters.
const SHORT: usize = 18;

/// The cards of a page. Each is made just before it is printed and gone after it: the texts of a few are held, not of all.
#[derive(Clone, Debug)]
pub(crate) struct Cards<'a> {
    pub(crate) found: &'a [Found],
    pub(crate) amounts: Amounts<'a>,
}

/// One card. Its texts are the product's own, each escaped once.
#[derive(Clone, Debug)]
pub(crate) struct Card<'a> {
    pub(crate) slug: Escaped<'a>,
    pub(crate) title: Escaped<'a>,
    pub(crate) initial: String,
    /// The address of the picture.
    pub(crate) picture: Option<Escaped<'a>>,
    pub(crate) price: Option<PriceLabel>,
    pub(crate) meta: Escaped<'a>,
    /// The title in parts, where it was searched for.
    pub(crate) title_marks: Vec<Mark<'a>>,
    /// A part of the description in parts.
    pub(crate) excerpt: Vec<Mark<'a>>,
}

/// A part of a text, and whether it was searched for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark<'a> {
    pub(crate) text: &'a str,
    pub(crate) is_match: bool,
}

/// A picture that may be shown.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) src: String,
    pub(crate) alt: String,
}

/// What hangs from the shelf.
#[derive(Clone, Debug)]
pub(crate) struct PriceLabel {
    pub(crate) now: Amount,
    pub(crate) before: Option<Amount>,
    /// There are dearer variants.
    pub(crate) from: bool,
}

impl<'a> Cards<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// One after the other.
    pub(crate) fn each(&self) -> impl Iterator<Item = Result<Card<'a>, Malformed>> {
        self.found.iter().map(|found| Card::of(found, &self.amounts))
    }
}

impl<'a> Card<'a> {
    /// The card of a product, with what was searched for marked.
    fn of(found: &'a Found, amounts: &Amounts<'_>) -> Result<Self, Malformed> {
        let product = Shown::read(&found.product)?;
        let title_marks = marks(&found.title_segments);
        // Where the title says why it was found, the description need not.
        let in_title = title_marks.iter().any(|part| part.is_match);
        let picture = product.picture.filter(|uri| Picture::may_show(uri));
        Ok(Self {
            slug: Escaped::of(product.slug),
            title: Escaped::of(product.title),
            initial: initial(product.title),
            picture: picture.map(Escaped::of),
            price: PriceLabel::lowest(product.price_range, product.prices.iter().copied(), amounts),
            meta: Escaped::of(meta(&product)),
            title_marks,
            excerpt: if in_title { Vec::new() } else { marks(&found.excerpt_segments) },
        })
    }
}

impl Picture {
    /// The picture, unless its address is neither ours nor https.
    pub(crate) fn of(image: &Image) -> Option<Self> {
        let shown = Self::may_show(&image.uri);
        shown.then(|| Self { src: image.uri.clone(), alt: image.alternative_text.clone() })
    }

    /// Whether an address is ours or https.
    pub(crate) fn may_show(uri: &str) -> bool {
        (uri.starts_with('/') && !uri.starts_with("//")) || uri.starts_with("https://")
    }
}

impl PriceLabel {
    /// The lowest price of a product, and what the first variant with it cost before, of the prices of all variants.
    pub(crate) fn lowest<'p>(
        range: Option<RangeRef<'_>>,
        prices: impl IntoIterator<Item = PriceRef<'p>>,
        amounts: &Amounts<'_>,
    ) -> Option<Self> {
        let range = range?;
        let lowest = range.lowest?;
        let first = prices.into_iter().find(|price| price.amount == Some(lowest));
        let before = first.and_then(|price| price.compare_at);
        Some(Self {
            now: amounts.print(lowest),
            before: before.map(|was| amounts.print(was)),
            from: range.is_wide(),
        })
    }

    /// One price.
    pub(crate) fn of_price(price: PriceRef<'_>, amounts: &Amounts<'_>) -> Option<Self> {
        Some(Self {
            now: amounts.print(price.amount?),
            before: price.compare_at.map(|was| amounts.print(was)),
            from: false,
        })
    }
}

/// The letter that stands in the place of a missing picture.
pub(crate) fn initial(title: &str) -> String {
    let letter = title.chars().find(|letter| letter.is_alphanumeric());
    letter.map(|letter| letter.to_uppercase().to_string()).unwrap_or_default()
}

/// An attribute as text.
pub(crate) fn attribute(value: &AttributeValue, locale: &Locale) -> String {
    match &value.value {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Number(number)) => locale.number(*number),
        None => String::new(),
    }
}

/// Units that stand at the end of an attribute's name, as in `height_cm`.
const UNITS: [&str; 14] =
    ["mm", "cm", "m", "ml", "cl", "l", "g", "kg", "w", "v", "lm", "k", "min", "h"];

/// An attribute as people read it: `height_cm` 7 is Height, 7 cm.
pub(crate) fn readable(name: &str, value: &AttributeValue, locale: &Locale) -> (String, String) {
    worded(name, attribute(value, locale))
}

/// The same of a value that was told as text: what has a unit, and is written as the service writes a number, is one.
pub(crate) fn readable_text(name: &str, value: &str, locale: &Locale) -> (String, String) {
    let (_, unit) = words_and_unit(name);
    let number = value.parse().ok().filter(|number: &f64| {
        number.is_finite() && !unit.is_empty() && number.to_string() == value
    });
    worded(name, number.map_or_else(|| value.to_owned(), |number| locale.number(number)))
}

fn worded(name: &str, value: String) -> (String, String) {
    let (words, unit) = words_and_unit(name);
    let words = words.replace('_', " ");
    let mut letters = words.chars();
    let first: String = letters.next().map(|one| one.to_uppercase().collect()).unwrap_or_default();
    let unit = match unit {
        "w" | "v" | "k" => unit.to_uppercase(),
        other => other.to_owned(),
    };
    let value = if unit.is_empty() { value } else { format!("{value}\u{a0}{unit}") };
    (format!("{first}{}", letters.as_str()), value)
}

fn words_and_unit(name: &str) -> (&str, &str) {
    match name.rsplit_once('_') {
        Some((words, unit)) if UNITS.contains(&unit) => (words, unit),
        _ => (name, ""),
    }
}

/// Two short facts: the choice there is, the brand, or attributes.
fn meta<'a>(product: &Shown<'a>) -> Cow<'a, str> {
    let choices = product.options.iter().map(choice);
    let brand = (product.options.is_empty() && !product.brand.is_empty()).then_some(product.brand);
    let texts = product.texts.iter().map(|(_, text)| *text);
    let short = texts.filter(|text| text.chars().count() <= SHORT);
    let mut facts = choices.chain(brand.into_iter().chain(short).map(Cow::Borrowed));
    match (facts.next(), facts.next()) {
        (Some(one), Some(other)) => [&*one, " · ", &*other].concat().into(),
        (one, _) => one.unwrap_or_default(),
    }
}

fn choice<'a>(option: &ShownOption<'a>) -> Cow<'a, str> {
    match option.values {
        1 => option.first_value.into(),
        many => format!("{many} {}", plural(&option.name.to_lowercase())).into(),
    }
}

fn plural(word: &str) -> String {
    match word.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if ["s", "x", "sh", "ch"].iter().any(|end| word.ends_with(end)) => format!("{word}es"),
        _ => format!("{word}s"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::pages::{
        locale::{self, english},
        priced::MoneyRef,
    };

    #[rstest]
    #[case("height_cm", 7.0, "Height", "7\u{a0}cm")]
    #[case("burn_time_h", 40.0, "Burn time", "40\u{a0}h")]
    #[case("power_w", 6.5, "Power", "6.5\u{a0}W")]
    #[case("pages", 1192.0, "Pages", "1,192")]
    #[case("Display diagonal", 15.6, "Display diagonal", "15.6")]
    fn an_attribute_reads_well(
        #[case] name: &str,
        #[case] number: f64,
        #[case] word: &str,
        #[case] text: &str,
    ) {
        let value = AttributeValue { value: Some(Value::Number(number)) };
        assert_eq!(readable(name, &value, english()), (word.to_owned(), text.to_owned()));
    }

    #[rstest]
    #[case("volume_l", "1.5", "1,5\u{a0}l")]
    #[case("power_w", "2400", "2.400\u{a0}W")]
    #[case("power_w", "about 2", "about 2\u{a0}W")]
    #[case("power_w", "inf", "inf\u{a0}W")]
    // Somebody typed these, in a way of their own.
    #[case("power_w", "1.500", "1.500\u{a0}W")]
    #[case("model_k", "007", "007\u{a0}K")]
    #[case("model_k", "1e3", "1e3\u{a0}K")]
    #[case("volume_l", "1.50", "1.50\u{a0}l")]
    #[case("height_cm", "1e300", "1e300\u{a0}cm")]
    // A text, for all that is known.
    #[case("edition", "1.5", "1.5")]
    fn a_value_told_as_text_is_a_number_where_it_has_a_unit(
        #[case] name: &str,
        #[case] told: &str,
        #[case] text: &str,
    ) {
        assert_eq!(readable_text(name, told, locale::of("de")).1, text);
    }

    #[test]
    fn a_product_that_cannot_be_read_has_no_card() {
        let found = [Found::default(), Found { product: vec![0x0a].into(), ..Found::default() }];
        let cards = Cards { found: &found, amounts: Amounts::of(english(), "EUR") };
        let made: Vec<_> = cards.each().map(|card| card.map(drop)).collect();
        assert_eq!(made, [Ok(()), Err(Malformed)]);
    }

    #[test]
    fn the_lowest_price_has_what_its_first_variant_cost_before() {
        let money = |units| Some(MoneyRef { currency: "EUR", units, nanos: 0 });
        let price = |units, before| PriceRef { amount: money(units), compare_at: before };
        let amounts = Amounts::of(english(), "EUR");
        let label = |highest, prices: &[PriceRef<'static>]| {
            let range = Some(RangeRef { lowest: money(14), highest: money(highest) });
            let label = PriceLabel::lowest(range, prices.iter().copied(), &amounts).unwrap();
            (label.now.text, label.before.map(|before| before.text), label.from)
        };
        let now = "€14.00".to_owned();
        let dearer = [price(16, money(20)), price(14, money(15)), price(14, money(17))];
        assert_eq!(label(16, &dearer), (now.clone(), Some("€15.00".to_owned()), true));
        assert_eq!(label(14, &[price(14, None), price(14, money(17))]), (now, None, false));
        assert!(PriceLabel::lowest(None, [price(14, None)], &amounts).is_none());
    }

    #[rstest]
    #[case::nothing(&[], "", &[], "")]
    #[case::a_brand_and_texts(&[], "Emalia", &["steel", "by hand"], "Emalia · steel")]
    #[case::one_value(&[("Colour", "White", 1)], "Emalia", &[], "White")]
    #[case::two_choices(&[("Colour", "a", 2), ("Size", "s", 3)], "", &["oak"], "2 colours · 3 sizes")]
    #[case::too_long_a_text(&[], "", &["longer than eighteen letters", "short"], "short")]
    fn a_card_says_two_short_facts(
        #[case] options: &[(&'static str, &'static str, usize)],
        #[case] brand: &'static str,
        #[case] texts: &[&'static str],
        #[case] expected: &str,
    ) {
        let option = |&(name, first_value, values)| ShownOption { name, first_value, values };
        let product = Shown {
            options: options.iter().map(option).collect(),
            brand,
            texts: texts.iter().map(|text| ("", *text)).collect(),
            ..Shown::default()
        };
        assert_eq!(meta(&product), expected);
    }

    #[test]
    fn a_picture_from_nowhere_is_not_shown() {
        let of = |uri: &str| Picture::of(&Image { uri: uri.into(), ..Default::default() });
        assert!(
            of("/pictures/mug.svg").is_some() && of("https://pictures.example/a.png").is_some()
        );
        for uri in
            ["javascript:alert(1)", "//evil.example/a.png", "data:image/svg+xml,x", "http://a/b"]
        {
            assert!(of(uri).is_none(), "{uri}");
        }
    }
}
