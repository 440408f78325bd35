//! How long revisions and the feed of changes are kept, as it is written.

use jiff::SignedDuration;

/// Two years: long enough to look up what was last season, and the one before.
pub const KEEP_REVISIONS: &str = "730d";

/// The longest span: a hundred years.
const MOST_DAYS: i64 = 36_500;

/// How long something is kept; none: for ever.
pub type Retention = Option<SignedDuration>;

/// Reads a span of days, such as `730d`, or `forever`, which is none.
///
/// # Errors
/// What to write instead.
pub fn keep_revisions(text: &str) -> Result<Retention, &'static str> {
    if text == "forever" {
        return Ok(None);
    }
    let days = text.strip_suffix('d').and_then(|days| days.parse::<u32>().ok()).map(i64::from);
    // Not less than a day: whoever edits needs the version that was opened, to merge with what others did.
    let days = days.filter(|days| (1..=MOST_DAYS).contains(days));
    let days = days.ok_or("write days from `1d` to `36500d`, or `forever`")?;
    Ok(Some(SignedDuration::from_hours(days * 24)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("730d", Ok(Some(17_520)))]
    #[case("1d", Ok(Some(24)))]
    #[case("36500d", Ok(Some(876_000)))]
    #[case("forever", Ok(None))]
    #[case("0d", Err(()))]
    #[case("36501d", Err(()))]
    #[case("-1d", Err(()))]
    #[case("12h", Err(()))]
    #[case("30", Err(()))]
    #[case("", Err(()))]
    fn a_span_is_days_or_for_ever(#[case] text: &str, #[case] hours: Result<Option<i64>, ()>) {
        let read = keep_revisions(text).map(|span| span.map(|span| span.as_hours()));
        assert_eq!(read.map_err(drop), hours);
    }
}
