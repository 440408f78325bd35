//! The `Accept` header (RFC 9110, 12.5.1): which of the media types on offer the client likes best.

/// One media range with its weight in thousandths.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    weight: u16,
}

/// The place, among those on offer, of the media type that the header prefers; the first of several that it likes
/// equally. Without a header anything is taken.
pub(crate) fn choose(header: Option<&str>, offered: &[&str]) -> Option<usize> {
    let Some(header) = header else { return (!offered.is_empty()).then_some(0) };
    let ranges: Vec<Range<'_>> = header.split(',').filter_map(Range::parse).collect();
    let mut best = None;
    for (index, media) in offered.iter().enumerate() {
        let weight = weight_of(media, &ranges);
        if weight > 0 && best.is_none_or(|(_, known)| weight > known) {
            best = Some((index, weight));
        }
    }
    best.map(|(index, _)| index)
}

/// The weight of a media type: that of the most specific range it is in.
fn weight_of(media: &str, ranges: &[Range<'_>]) -> u16 {
    let (kind, subtype) = media.split_once('/').unwrap_or((media, ""));
    let precision = |range: &Range<'_>| match (range.kind, range.subtype) {
        ("*", "*") => Some(1),
        (own, "*") if own.eq_ignore_ascii_case(kind) => Some(2),
        (own, sub) if own.eq_ignore_ascii_case(kind) && sub.eq_ignore_ascii_case(subtype) => {
            Some(3)
        }
        _ => None,
    };
    let fitting = ranges.iter().filter_map(|range| Some((precision(range)?, range.weight)));
    fitting.max().map_or(0, |(_, weight)| weight)
}

impl<'a> Range<'a> {
    /// A range; `None` for what is none, and for a weight outside the grammar.
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        if kind.is_empty() || subtype.is_empty() || (kind == "*" && subtype != "*") {
            return None;
        }
        let mut weight = 1000;
        for part in parts {
            if let Some((name, value)) = part.split_once('=')
                && name.trim_end().eq_ignore_ascii_case("q")
            {
                weight = thousandths(value.trim_start())?;
            }
        }
        Some(Self { kind, subtype, weight })
    }
}

/// `0.75` is 750.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = rest.len() <= 3 && rest.bytes().all(|b| b.is_ascii_digit());
    let part: u16 = format!("{rest:0<3}").parse().ok()?;
    match (whole, part) {
        ("0", part) if digits => Some(part),
        ("1", 0) if digits => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const OFFERED: [&str; 3] = ["application/json", "application/x-ndjson", "text/event-stream"];

    #[rstest]
    #[case("*/*", Some(0))]
    #[case("application/json", Some(0))]
    #[case("text/event-stream", Some(2))]
    #[case("text/*", Some(2))]
    #[case("application/*", Some(0))]
    #[case("application/x-ndjson, application/json;q=0.9", Some(1))]
    #[case("application/json;q=0.5, application/x-ndjson;q=0.501", Some(1))]
    #[case("application/json; q=0, */*", Some(1))]
    #[case("Application/JSON;charset=utf-8", Some(0))]
    #[case("text/html, */*;q=0.01", Some(0))]
    #[case("application/json;q=1.5", None)]
    #[case("application/json;q=0.1234", None)]
    #[case("application/json;q=0", None)]
    #[case("text/html", None)]
    #[case("*/json", None)]
    #[case("", None)]
    fn the_most_specific_range_and_the_greatest_weight_decide(
        #[case] header: &str,
        #[case] chosen: Option<usize>,
    ) {
        assert_eq!(choose(Some(header), &OFFERED), chosen, "{header}");
    }

    #[test]
    fn without_a_header_the_first_offer_is_taken() {
        assert_eq!(choose(None, &OFFERED), Some(0));
    }
}
