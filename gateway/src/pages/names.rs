//! Resource names and ids as they stand in addresses.

use uuid::{Uuid, uuid};

/// The name space of the ids of batches.
const BATCHES: Uuid = uuid!("3f6c1c52-8d0e-4f6b-9a55-7b1f2c9d4e80");

/// Whether a text is an id of the contract: 1 to 63 of `a-z`, `0-9` and `-`.
pub(crate) fn is_id(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(letter)
}

/// Whether a text could be a slug: letters, digits and single hyphens between them.
pub(crate) fn is_slug(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= 100 && text.split('-').all(|part| !part.is_empty() && part.bytes().all(letter))
}

/// The last part of a resource name: `mug` of `products/mug`.
pub(crate) fn id_of(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

/// A fresh id for one form, by which sending it twice is one effect.
pub(crate) fn request_id() -> String {
    Uuid::new_v4().to_string()
}

/// The id of one batch of a form (UUIDv5): the same form's same round has the same, here and in the modules of the pages, so that
/// what is sent again is done once.
pub(crate) fn batch_id(form: &str, round: u32) -> String {
    Uuid::new_v5(&BATCHES, format!("{form} {round}").as_bytes()).to_string()
}

/// The id of what one of a form's buttons does: made of the form's id, the button's verb and what it acts on, here and in the modules of
/// the pages. So another button of the form, or the form of another row, is no repeat of it. What has one button has the form's id.
pub(crate) fn press_id(form: &str, verb: &str, name: &str) -> String {
    if form.is_empty() || verb.is_empty() {
        return form.to_owned();
    }
    format!("{form}-{verb}-{}", id_of(name))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::Value;

    use super::*;

    #[test]
    fn batches_have_the_ids_of_the_examples() {
        let examples: Value =
            serde_json::from_str(include_str!("../../../web/batch-examples.json")).unwrap();
        for example in examples.as_array().unwrap() {
            let round = example["round"].as_u64().unwrap().try_into().unwrap();
            let id = batch_id(example["form"].as_str().unwrap(), round);
            assert_eq!(id, example["batch"].as_str().unwrap(), "{example}");
        }
    }

    #[test]
    fn buttons_have_the_ids_of_the_examples() {
        let examples: Value =
            serde_json::from_str(include_str!("../../../web/press-examples.json")).unwrap();
        for example in examples.as_array().unwrap() {
            let of = |field: &str| example[field].as_str().unwrap();
            let press = press_id(of("form"), of("verb"), of("resource"));
            assert_eq!(press, of("press"), "{example}");
        }
    }

    #[rstest]
    #[case("enamel-mug", true, true)]
    #[case("a--b", true, false)]
    #[case("-a", true, false)]
    #[case("", false, false)]
    #[case("Mug", false, false)]
    #[case("a/b", false, false)]
    #[case("a\"b", false, false)]
    fn ids_and_slugs(#[case] text: &str, #[case] id: bool, #[case] slug: bool) {
        assert_eq!((is_id(text), is_slug(text)), (id, slug));
    }
}
