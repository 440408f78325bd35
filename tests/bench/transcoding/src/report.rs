//! The figures as a section of Markdown.

use anyhow::{Context as _, Result};
use transcoding::sides::NAMES;

use crate::{
    aims::{Good, HEAD, NONE, aims, row},
    figures::Figure,
    race::Race,
    recorded::{BARE, READS, SKIPS, UNCHANGED, VISITS, WHOLE},
};

const HOW: &str = "\
The transcoder by itself, against typed messages (prost and pbjson) and messages that reflect (prost-reflect), in a process of its own.
All sides have first read and printed every body alike, keep the buffers that their APIs let them keep, and print by the same options:
defaults omitted, as pbjson does, where nothing else is said. Times are CPU times of the thread; the sides take turns of a few
milliseconds, and a ratio is taken within each round. Typed and reflected messages are read into a new message each time, since serde
reads into no old one.";

/// Writes the section.
pub(crate) fn write(
    rounds: usize,
    aimed: &[Race<'_>],
    recorded: &[Race<'_>],
    allocations: &str,
) -> Result<()> {
    let (scanning, others) = recorded.split_at(2);
    let (replies, others) = others.split_last().context("replies are recorded")?;
    println!("## Transcoding alone\n\n{HOW} {rounds} rounds.\n\n{HEAD}");
    for race in aimed {
        println!("{}", ratios(race));
    }
    let unchanged = replies.ratio(UNCHANGED, WHOLE);
    let what = "a 304 of one product: its entity tag, against tag and JSON";
    println!("{}", row(what, unchanged, Good::AtMost("×"), NONE));
    println!("\n| µs a call | {} |\n|---|---|---|---|", NAMES.join(" | "));
    for race in aimed.iter().chain(others) {
        println!("{}", times(race, &NAMES));
    }
    let lanes = [SKIPS, BARE, VISITS, READS];
    println!("\n| µs a call | {} |\n|---|---|---|---|---|", lanes.join(" | "));
    for race in scanning {
        println!("{}", times(race, &lanes));
    }
    println!();
    for race in scanning {
        println!("{}", against_serde_json(race));
    }
    println!(
        "\n| allocations of a call, buffers warm | {} |\n|---|---|---|---|",
        NAMES.join(" | ")
    );
    print!("{allocations}");
    Ok(())
}

/// How many times faster than each rival.
fn ratios(race: &Race<'_>) -> String {
    let [direct, typed, reflecting] = NAMES;
    let (over_typed, over_reflecting) = match race.what.contains("with defaults") {
        true => (NONE, NONE),
        false => (aims(2.0, 4.0), aims(7.0, 14.0)),
    };
    let times_faster = Good::AtLeast("times faster");
    let rows = [(typed, over_typed), (reflecting, over_reflecting)].map(|(rival, both)| {
        let what = format!("{}, than {rival}", race.what);
        row(&what, race.ratio(rival, direct), times_faster, both)
    });
    rows.join("\n")
}

fn times(race: &Race<'_>, lanes: &[&str]) -> String {
    let shown = |figure: Figure| figure.to_string();
    let cells: Vec<String> =
        lanes.iter().map(|who| race.time(who).map(shown).unwrap_or_default()).collect();
    format!("| {} | {} |", race.what, cells.join(" | "))
}

fn against_serde_json(race: &Race<'_>) -> String {
    let shown = |slow, fast| race.ratio(slow, fast).map(|it| it.to_string()).unwrap_or_default();
    format!(
        "* {}: the scanner is {} times faster than serde_json where both skip. A visitor on serde_json takes {} times the scanner's \
         time and {} times that of the whole transcoder, which also writes the message.",
        race.what,
        shown(BARE, SKIPS),
        shown(VISITS, SKIPS),
        shown(VISITS, READS),
    )
}
