//! Which modules a module imports, so that a page can name them all at once instead of letting the browser find them one by one.

/// The modules that a module imports statically, as paths under `web/`.
///
/// Only the form in which ours are written is read: `import … from './name.js'`, `import './name.js'`, `export … from './name.js'`.
pub(super) fn of(path: &str, source: &str) -> Vec<String> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut found = Vec::new();
    for statement in statements(source) {
        let quoted = statement.trim_end_matches(';').trim_end();
        let Some(quote) = quoted.chars().next_back().filter(|last| matches!(last, '\'' | '"'))
        else {
            continue;
        };
        let Some(specifier) = quoted[..quoted.len() - 1].rsplit(quote).next() else { continue };
        if let Some(name) = specifier.strip_prefix("./") {
            found.push(format!("{folder}/{name}"));
        }
    }
    found
}

/// The statements at the start of a line that import or export from elsewhere, joined to one line each.
fn statements(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in source.lines() {
        let begins = line.starts_with("import ")
            || line.starts_with("export {")
            || line.starts_with("export *");
        let mut statement = match open.take() {
            Some(so_far) => so_far + line.trim(),
            None if begins => line.to_owned(),
            None => continue,
        };
        let complete = statement.trim_end().ends_with(['\'', '"', ';']);
        if complete {
            found.push(std::mem::take(&mut statement));
        } else {
            open = Some(statement + " ");
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn static_imports_are_found_and_others_are_not() {
        let source = "\
            import './focus.js';\n\
            import { call, retry } from './call.js';\n\
            import {\n  announce,\n  clear,\n} from \"./announce.js\"\n\
            export { price } from './format.js';\n\
            export function add() {}\n\
            const later = import('./bulk-bar.js');\n\
            // import './comment.js'\n\
            export const text = './text.js';\n";
        let found = of("modules/main.js", source);
        let wanted = ["focus", "call", "announce", "format"];
        assert_eq!(found, wanted.map(|name| format!("modules/{name}.js")));
    }
}
