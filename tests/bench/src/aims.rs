//! A target and a figure beside it, as a row of a table.

use std::fmt;

use crate::figures::{Figure, Short};

/// What must be reached, and what we are after.
pub(crate) type Both = (Option<f64>, Option<f64>);

/// Neither.
pub(crate) const NONE: Both = (None, None);

/// Both.
pub(crate) const fn aims(must: f64, after: f64) -> Both {
    (Some(must), Some(after))
}

/// Which side of the target is good, and its unit.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Good {
    AtMost(&'static str),
    AtLeast(&'static str),
}

/// The head of the tables that [`row`] makes the rows of.
pub(crate) const HEAD: &str = "| what | measured | must | after | reached |\n|---|---|---|---|---|";

/// The row: what, the figure, both aims, and which of them the median reaches.
pub(crate) fn row(what: &str, figure: Option<Figure>, good: Good, both: Both) -> String {
    let (must, after) = (Aim(both.0), Aim(both.1));
    let Some(figure) = figure else {
        return format!("| {what} | not measured | {must} | {after} | |");
    };
    let (Good::AtMost(unit) | Good::AtLeast(unit)) = good;
    format!(
        "| {what} | {figure} {unit} | {must} | {after} | {} |",
        reached(figure.median, good, both)
    )
}

/// Which of both aims a figure reaches.
pub(crate) fn reached(median: f64, good: Good, (must, after): Both) -> &'static str {
    let good = |aim: f64| match good {
        Good::AtMost(_) => median <= aim,
        Good::AtLeast(_) => median >= aim,
    };
    match (must.map(good), after.map(good)) {
        (_, Some(true)) => "**after**",
        (Some(true), _) => "must",
        (Some(false), _) => "no",
        (None, _) => "",
    }
}

struct Aim(Option<f64>);

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(aim) => Short(aim).fmt(f),
            None => f.write_str("–"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_on_the_target_reaches_it() {
        let low = |median| reached(median, Good::AtMost("×"), aims(2.0, 1.3));
        assert_eq!([1.3, 1.31, 2.0, 2.01].map(low), ["**after**", "must", "must", "no"]);
        let high = |median| reached(median, Good::AtLeast("×"), aims(5.0, 8.0));
        assert_eq!([8.0, 7.9, 5.0, 4.9].map(high), ["**after**", "must", "must", "no"]);
    }

    #[test]
    fn a_figure_without_a_target_reaches_nothing() {
        assert_eq!(reached(1.0, Good::AtMost("×"), NONE), "");
    }
}
