//! Styles without the room that makes them readable: people read these in `web/styles`, browsers need not fetch it.

/// What needs no space after it.
const OPENING: &str = "{};:,";
/// What needs no space before it; a colon does, for `.board :is(…)` is another thing than `.board:is(…)`.
const CLOSING: &str = "{};,";

/// The sheet without comments, indentation and the spaces beside punctuation. What stands in quotes stays as it is.
pub(super) fn left_out(sheet: &str) -> String {
    let mut kept = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some(next) = rest.chars().next() {
        let taken = match next {
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' | '\'' => quoted(rest, next),
            _ => next.len_utf8(),
        };
        let (part, after) = rest.split_at(taken);
        rest = after;
        if part.starts_with("/*") {
            continue;
        }
        if !next.is_whitespace() {
            kept.push_str(part);
        } else if !kept.ends_with(|last| last == ' ' || OPENING.contains(last))
            && !rest.trim_start().starts_with(|first| CLOSING.contains(first))
            && !kept.is_empty()
        {
            kept.push(' ');
        }
    }
    kept
}

/// How long the text in quotes is that `rest` begins with.
fn quoted(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    let end = rest[1..].find(|next: char| {
        let ends = next == quote && !is_escaped;
        is_escaped = next == '\\' && !is_escaped;
        ends
    });
    end.map_or(rest.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_goes_and_meaning_stays() {
        let sheet = "@layer parts {\n  /* Why. */\n  .card :is(h2, h3) > a::after { content: \"a,  b\" ; inset: calc(1px + 2px) 0 }\n\n  .note { margin: 0 }\n}\n";
        assert_eq!(
            left_out(sheet),
            "@layer parts{.card :is(h2,h3) > a::after{content:\"a,  b\";inset:calc(1px + 2px) 0}.note{margin:0}}"
        );
    }

    #[test]
    fn what_stands_in_quotes_stays() {
        for quoted in
            [r#""a  b""#, "'a  b'", r#""a \" ;  b""#, r"'it\'s  ;'", r#""'  '""#, r#""\\""#]
        {
            assert_eq!(left_out(&format!("a {{ b: {quoted} ; }}")), format!("a{{b:{quoted};}}"));
        }
    }

    #[test]
    fn what_is_not_closed_ends_with_the_sheet() {
        assert_eq!(left_out(".a { content: \"no end }"), ".a{content:\"no end }");
        assert_eq!(left_out(".a { } /* no end"), ".a{}");
    }
}
