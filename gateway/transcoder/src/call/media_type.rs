//! Which content types count as JSON. Anything else is refused, or a page of another site could
//! post without a preflight.

/// `application/json` or `application/*+json`, in UTF-8 if it names a charset.
pub(super) fn is_json(content_type: &str) -> bool {
    let is_suffix = |subtype: &str| {
        let suffix = subtype.rsplit_once('+').map_or(subtype, |(_, suffix)| suffix);
        suffix.eq_ignore_ascii_case("json")
    };
    is_application(content_type, is_suffix)
}

/// `application/x-ndjson`, in UTF-8 if it names a charset.
pub(super) fn is_lines(content_type: &str) -> bool {
    is_application(content_type, |subtype| subtype.eq_ignore_ascii_case("x-ndjson"))
}

fn is_application(content_type: &str, is_subtype: impl Fn(&str) -> bool) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let Some((kind, subtype)) = essence.split_once('/') else { return false };
    kind.eq_ignore_ascii_case("application")
        && is_subtype(subtype)
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}
