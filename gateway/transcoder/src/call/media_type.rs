//! Which content types count as JSON, on the way in and on the way out. Bodies of any other type
//! are refused, or a page of another site could post without a preflight.

/// `application/json` or `application/*+json`, in UTF-8 if it names a charset.
pub(super) fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let Some((kind, subtype)) = essence.split_once('/') else { return false };
    let suffix = subtype.rsplit_once('+').map_or(subtype, |(_, suffix)| suffix);
    kind.eq_ignore_ascii_case("application")
        && suffix.eq_ignore_ascii_case("json")
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

/// Whether an `Accept` header admits JSON: the most specific range decides (RFC 9110, 12.5.1).
pub(super) fn admits_json(accept: &str) -> bool {
    let mut best = (0, accept.trim().is_empty());
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let precision = match parts.next().unwrap_or_default() {
            range if range.eq_ignore_ascii_case("application/json") => 3,
            range if range.eq_ignore_ascii_case("application/*") => 2,
            "*/*" => 1,
            _ => continue,
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        let wanted = weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|q| q > 0.0));
        if precision > best.0 || (precision == best.0 && wanted) {
            best = (precision, wanted);
        }
    }
    best.1
}
