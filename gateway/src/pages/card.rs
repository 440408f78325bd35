//! A product as the shop shows it in a list: picture, name, price label, a word or two.

use proto::catalog::{AttributeValue, Image, Price, PriceRange, attribute_value::Value};

use super::{
    locale::{Amount, Locale},
    shown::{Shown, ShownOption},
};

/// One card.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) initial: String,
    /// The address of the picture.
    pub(crate) picture: Option<String>,
    pub(crate) price: Option<PriceLabel>,
    pub(crate) meta: String,
    /// The title in parts, where it was searched for.
    pub(crate) title_marks: Vec<Mark>,
    /// A part of the description in parts.
    pub(crate) excerpt: Vec<Mark>,
}

/// A part of a text, and whether it was searched for.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) text: String,
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

impl Card {
    /// The card of a product.
    pub(crate) fn of(product: &Shown<'_>, locale: &Locale) -> Self {
        let picture = product.picture.filter(|uri| Picture::may_show(uri));
        Self {
            slug: product.slug.to_owned(),
            title: product.title.to_owned(),
            initial: initial(product.title),
            picture: picture.map(str::to_owned),
            price: PriceLabel::lowest(product.price_range.as_ref(), &product.prices, locale),
            meta: meta(product),
            title_marks: Vec::new(),
            excerpt: Vec::new(),
        }
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
        range: Option<&PriceRange>,
        prices: impl IntoIterator<Item = &'p Price>,
        locale: &Locale,
    ) -> Option<Self> {
        let range = range?;
        let lowest = range.lowest.as_ref()?;
        let before = prices.into_iter().find(|price| price.amount.as_ref() == Some(lowest));
        Some(Self {
            now: locale.money(lowest),
            before: before
                .and_then(|price| price.compare_at_amount.as_ref())
                .map(|was| locale.money(was)),
            from: range.highest.as_ref().is_some_and(|highest| highest != lowest),
        })
    }

    /// One price.
    pub(crate) fn of_price(price: &Price, locale: &Locale) -> Option<Self> {
        Some(Self {
            now: locale.money(price.amount.as_ref()?),
            before: price.compare_at_amount.as_ref().map(|was| locale.money(was)),
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
fn meta(product: &Shown<'_>) -> String {
    let mut facts: Vec<String> = product.options.iter().map(choice).collect();
    if facts.is_empty() && !product.brand.is_empty() {
        facts.push(product.brand.to_owned());
    }
    let texts = product.texts.iter().map(|(_, text)| *text);
    facts.extend(texts.filter(|text| text.chars().count() <= 18).take(2).map(str::to_owned));
    facts.truncate(2);
    facts.join(" · ")
}

fn choice(option: &ShownOption<'_>) -> String {
    match option.values.as_slice() {
        [one] => (*one).to_owned(),
        many => format!("{} {}", many.len(), plural(&option.name.to_lowercase())),
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
    use crate::pages::locale::{self, english};

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
