//! How far a load is, on a terminal, and its faults, which stay readable beside the bar.

use std::{fmt, io::Write};

use indicatif::{ProgressBar, ProgressStyle};

use super::{Fault, Outcome};

const WITH_LENGTH: &str = "{bar:30} {percent:>3} %  {msg}  {eta} left";
const WITHOUT_LENGTH: &str = "{spinner} {msg}";

/// A bar on standard error, hidden where that is no terminal, and the place for faults.
pub struct Progress<'a> {
    bar: ProgressBar,
    faults: &'a mut (dyn Write + Send),
}

impl<'a> Progress<'a> {
    /// A bar over so many bytes, or one without an end.
    pub fn new(length: Option<u64>, faults: &'a mut (dyn Write + Send)) -> Self {
        let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        let template = if length.is_some() { WITH_LENGTH } else { WITHOUT_LENGTH };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar, faults }
    }

    /// Another part of the source is done.
    pub fn advance(&self, bytes: u64, outcome: &Outcome) {
        let Outcome { loaded, present, faulty } = outcome;
        self.bar.set_message(format!("{loaded} loaded, {present} there, {faulty} faulty"));
        self.bar.inc(bytes);
    }

    /// Tells a faulty line with everything that is wrong with it.
    pub fn fault(&mut self, fault: &Fault) {
        let faults = &mut self.faults;
        self.bar.suspend(|| {
            for violation in &fault.violations {
                // Without a reader of the faults there is still the count.
                let _ = writeln!(faults, "line {}: {violation}", fault.number);
            }
        });
    }

    /// Takes the bar away: the sentence after it says more.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

impl fmt::Debug for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("bar", &self.bar).finish_non_exhaustive()
    }
}
