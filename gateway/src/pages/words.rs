//! The one wording of results and refusals: the sentences of `web/templates/parts/words.html`, by their code.
//!
//! The server and the modules read the same file; a sentence stands nowhere else.

use std::{collections::HashMap, sync::LazyLock};

const FILE: &str = include_str!("../../../web/templates/parts/words.html");

static WORDS: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    FILE.lines()
        .filter_map(|line| line.strip_prefix("<p data-reason=\"")?.strip_suffix("</p>"))
        .filter_map(|line| line.split_once("\">"))
        .collect()
});

/// The word of a code, which has no places to fill in; empty when there is no such word.
pub(crate) fn plain(code: &str) -> &'static str {
    WORDS.get(code).copied().unwrap_or_default()
}

/// The sentence of a code, with its places filled in; `None` when there is no such sentence.
pub(crate) fn find(code: &str, values: &[(&str, &str)]) -> Option<String> {
    let mut text = (*WORDS.get(code)?).to_owned();
    for (place, value) in values {
        text = text.replace(&format!("{{{place}}}"), value);
    }
    Some(text)
}

/// The sentence of a code, or the one for what should not happen.
pub(crate) fn of(code: &str, values: &[(&str, &str)]) -> String {
    find(code, values).or_else(|| find("INTERNAL", &[])).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_a_sentence() {
        assert_eq!(WORDS.len(), FILE.lines().count());
        assert!(WORDS.values().all(|text| !text.contains(['<', '>', '&'])), "plain text only");
    }

    #[test]
    fn every_reason_of_the_contract_has_a_sentence() {
        let comments = concat!(
            include_str!("../../../proto/shelf/catalog/v1/product_service.proto"),
            include_str!("../../../proto/shelf/access/v1/user_service.proto"),
            include_str!("../../../proto/shelf/access/v1/session_service.proto"),
            include_str!("../../../proto/shelf/access/v1/api_key_service.proto"),
        );
        let reasons = comments
            .split(|letter: char| !(letter.is_ascii_uppercase() || letter == '_'))
            .filter(|word| word.contains('_') && !word.starts_with('_') && word.len() > 8)
            .filter(|word| !word.starts_with("PRODUCT_VIEW") && !word.starts_with("ROLE_"))
            .filter(|word| !matches!(*word, "IGNORE_IF_ZERO_VALUE" | "INPUT_ONLY"));
        let missing: Vec<&str> = reasons.filter(|reason| find(reason, &[]).is_none()).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn places_are_filled_in() {
        assert_eq!(of("deleted", &[("title", "Mug <35>")]), "Mug <35> deleted.");
        assert_eq!(of("no such code", &[]), of("INTERNAL", &[]));
    }
}
