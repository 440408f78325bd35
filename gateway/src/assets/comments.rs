//! Modules without their comments: people read these in `web/modules`, browsers need not fetch them.
//!
//! Every line keeps its number, so that the place of an error in a browser is its place in the file.

/// The module, each line left empty that is a comment and nothing else, and without the types that stand within lines.
///
/// Only the form in which ours are written is read: `// …` on a line of its own, and `/** … */` anywhere but in a text.
pub(super) fn left_out(source: &str) -> String {
    let mut kept = String::with_capacity(source.len());
    let mut inside = false;
    for line in source.lines() {
        let text = line.trim();
        let ends = text.contains("*/");
        let opens = text.starts_with("/**") && (!ends || text.ends_with("*/"));
        if !(inside || opens || text.starts_with("//")) {
            push_code(&mut kept, line);
        }
        kept.push('\n');
        inside = (inside || opens) && !ends;
    }
    kept
}

/// A line of code, but for the types in it.
fn push_code(kept: &mut String, mut line: &str) {
    while let Some((code, (_, rest))) =
        line.split_once("/** ").and_then(|(code, rest)| Some((code, rest.split_once(" */")?)))
    {
        kept.push_str(code);
        line = rest.strip_prefix(' ').unwrap_or(rest);
    }
    kept.push_str(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_lines_keep_their_numbers() {
        let source = "\
            // Adds: a thing.\n\
            import { a } from './a.js';\n\
            \n\
            /** One line. @type {string[]} */\n\
            const all = [];\n\
            /**\n \
             * @param {number} one\n \
             */\n\
            export function f(one) {\n  \
              // why\n  \
              const two = /** @type {any} */ (one) / 2; // here\n  \
              /** @type {any} */ (two).g();\n\
            const g = (/** @type {any[]} */ all, /** @type {any} */ one) => \"/**\";\n\
            }\n";
        let left = left_out(source);
        assert_eq!(left.lines().count(), source.lines().count());
        let lines: Vec<&str> = left.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(
            lines,
            [
                "import { a } from './a.js';",
                "const all = [];",
                "export function f(one) {",
                "  const two = (one) / 2; // here",
                "  (two).g();",
                "const g = (all, one) => \"/**\";",
                "}",
            ]
        );
    }
}
