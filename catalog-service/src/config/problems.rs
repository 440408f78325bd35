//! Everything that is wrong with the settings, collected and then told at once.

use std::{fmt, ops::RangeInclusive};

/// The exit code of a program whose settings are wrong (`EX_USAGE` of sysexits.h).
pub const EXIT_CONFIG: u8 = 64;

/// What is wrong with the settings; at least one thing, when it is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<String>);

impl Problems {
    /// Adds that `value` does not do for the setting `flag`, and what to write instead.
    pub fn add(&mut self, flag: &str, value: &str, advice: impl fmt::Display) {
        let variable = flag.replace('-', "_").to_uppercase();
        self.0.push(format!("--{flag} (SHELF_{variable}) is `{value}`: {advice}"));
    }

    /// Takes what was parsed from `value`, or adds why it does not do.
    pub fn take<T, E: fmt::Display>(
        &mut self,
        flag: &str,
        value: &str,
        parsed: Result<T, E>,
    ) -> Option<T> {
        parsed.map_err(|advice| self.add(flag, value, advice)).ok()
    }

    /// Adds all of `others`.
    pub fn append(&mut self, mut others: Self) {
        self.0.append(&mut others.0);
    }

    /// The value, if there is no problem.
    ///
    /// # Errors
    /// The problems.
    pub fn none_or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }

    /// What is wrong, a line each.
    pub fn into_lines(self) -> Vec<String> {
        self.0
    }

    /// A switch: on or off.
    pub(super) fn switch(&mut self, flag: &str, value: &str) -> bool {
        let parsed = match value {
            "on" | "true" | "1" | "yes" => Ok(true),
            "off" | "false" | "0" | "no" => Ok(false),
            _ => Err("write `on` or `off`"),
        };
        self.take(flag, value, parsed).unwrap_or(false)
    }

    /// A number within a range.
    pub(super) fn number(
        &mut self,
        flag: &str,
        value: &str,
        range: RangeInclusive<usize>,
    ) -> usize {
        let parsed = match value.parse() {
            Ok(number) if range.contains(&number) => Ok(number),
            _ => Err(format!("write a number from {} to {}", range.start(), range.end())),
        };
        self.take(flag, value, parsed).unwrap_or(*range.start())
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let them = if self.0.len() == 1 { "a setting is" } else { "some settings are" };
        write!(f, "{them} wrong:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for Problems {}
