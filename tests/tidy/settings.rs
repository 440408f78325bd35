//! Holds SETTINGS.md to the programs: every setting, every limit with its default, and tests that are there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    fs,
};

use clap::{Args as _, Command, CommandFactory as _};

use super::{is_rust, root, tree};

/// The rows of the table below a heading, as the texts of their cells.
fn table(heading: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("SETTINGS.md")).expect("SETTINGS.md");
    let below = text.split(&format!("\n## {heading}\n")).nth(1).expect(heading);
    let section = below.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The flags of a program, each with its variable, its default and what it is for.
fn flags(command: &Command) -> BTreeMap<String, [String; 3]> {
    let mut found = BTreeMap::new();
    for flag in command.get_arguments() {
        let (Some(name), Some(variable)) = (flag.get_long(), flag.get_env()) else { continue };
        let default: Vec<_> =
            flag.get_default_values().iter().map(|it| it.to_string_lossy()).collect();
        let help = flag.get_help().map(ToString::to_string).unwrap_or_default();
        let row = [variable.to_string_lossy().into_owned(), default.join(","), help];
        found.insert(format!("--{name}"), row);
    }
    found
}

#[test]
fn every_setting_is_told_with_its_variable_its_default_and_its_meaning() {
    let catalog = catalog_service::Options::augment_args(Command::new("catalog-service"));
    let catalog = catalog_service::logs::Options::augment_args(catalog);
    let gateway = gateway::config::Options::augment_args(Command::new("gateway"));
    let gateway = gateway::config::CatalogOptions::augment_args(gateway);
    let gateway = gateway::config::ServiceOptions::augment_args(gateway);
    let mut settings = flags(&shelf::config::CommandLine::command());
    settings.extend(flags(&catalog));
    settings.extend(flags(&gateway));
    let expected: Vec<String> = settings
        .iter()
        .map(|(flag, [variable, default, help])| {
            let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
            format!("| `{flag}` | `{variable}` | {default} | {help} |")
        })
        .collect();
    let told: Vec<String> =
        table("Settings").iter().map(|cells| format!("| {} |", cells.join(" | "))).collect();
    assert_eq!(told, expected, "the table should be:\n{}\n", expected.join("\n"));
}

/// The fields of a value and of all that is in it, by their paths, as `Debug` shows them.
fn leaves(value: &impl Debug) -> BTreeMap<String, String> {
    let (mut path, mut found) = (Vec::new(), BTreeMap::new());
    for line in format!("{value:#?}").lines().skip(1) {
        let line = line.trim().trim_end_matches(',');
        match line.split_once(": ") {
            Some((name, inner)) if inner.ends_with('{') => path.push(name.to_owned()),
            Some((name, leaf)) => {
                let name = [path.as_slice(), &[name.to_owned()]].concat().join(".");
                found.insert(name, leaf.to_owned());
            }
            None => drop(path.pop()),
        }
    }
    found
}

/// The names of all functions in the tree's Rust files.
fn functions() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, text) in tree().iter().filter(|(path, _)| is_rust(path)) {
        for rest in text.split("fn ").skip(1) {
            names.extend(rest.split(['(', '<']).next().map(str::to_owned));
        }
    }
    names
}

fn assert_tested(row: &[String], functions: &BTreeSet<String>) {
    let tests = quoted(row.last().expect("a cell"));
    assert!(!tests.is_empty(), "no test: {row:?}");
    for test in tests {
        assert!(functions.contains(&test), "there is no test `{test}`: {row:?}");
    }
}

fn assert_limits(heading: &str, limits: &impl Debug) {
    let functions = functions();
    let rows = table(heading);
    let told: BTreeMap<String, String> =
        rows.iter().map(|row| (quoted(&row[0]).concat(), quoted(&row[1]).concat())).collect();
    assert_eq!(told, leaves(limits), "{heading}");
    rows.iter().for_each(|row| assert_tested(row, &functions));
}

#[test]
fn every_limit_is_told_with_its_default_and_its_tests() {
    assert_limits("Limits of the catalog-service", &catalog_service::config::Limits::default());
    assert_limits("Limits of the gateway", &gateway::config::Limits::default());
    let functions = functions();
    for heading in ["Limits that the contract promises", "What is made certain of HTTP and gRPC"] {
        let rows = table(heading);
        assert!(rows.len() > 5, "{heading}");
        rows.iter().for_each(|row| assert_tested(row, &functions));
    }
}
