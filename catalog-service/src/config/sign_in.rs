//! How long a sign-in lasts, and how guessing a password is slowed down: the figures, and their flags and variables.

use std::time::Duration;

use super::Problems;

/// How long a sign-in lasts, and how many a user has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sessions {
    /// How long it lasts without being used.
    pub idle: Duration,
    /// How long it lasts at most.
    pub longest: Duration,
    /// How many a user has at a time; the oldest makes room.
    pub per_user: u32,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { idle: Duration::from_mins(30), longest: Duration::from_hours(12), per_user: 10 }
    }
}

/// How guessing a password is slowed down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guesses {
    /// How many may fail at one account before the next has to wait.
    pub per_account: u32,
    /// How long failures are remembered after the last one; also the longest wait.
    pub window: Duration,
}

impl Default for Guesses {
    fn default() -> Self {
        Self { per_account: 5, window: Duration::from_mins(15) }
    }
}

/// The same as it was written.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct SignInOptions {
    /// Minutes that a sign-in lasts without being used
    #[arg(
        long,
        env = "SHELF_CATALOG_SESSION_IDLE_MINUTES",
        value_name = "MINUTES",
        default_value = "30"
    )]
    pub catalog_session_idle_minutes: String,

    /// Hours that a sign-in lasts at most
    #[arg(long, env = "SHELF_CATALOG_SESSION_HOURS", value_name = "HOURS", default_value = "12")]
    pub catalog_session_hours: String,

    /// Sign-ins that a user has at a time; the oldest makes room
    #[arg(
        long,
        env = "SHELF_CATALOG_SESSIONS_PER_USER",
        value_name = "NUMBER",
        default_value = "10"
    )]
    pub catalog_sessions_per_user: String,

    /// Passwords that may be wrong for one account before the next attempt has to wait, longer each time
    #[arg(
        long,
        env = "SHELF_CATALOG_GUESSES_PER_ACCOUNT",
        value_name = "NUMBER",
        default_value = "5"
    )]
    pub catalog_guesses_per_account: String,

    /// Minutes that wrong passwords are remembered, and the longest wait after one
    #[arg(
        long,
        env = "SHELF_CATALOG_GUESSES_WINDOW_MINUTES",
        value_name = "MINUTES",
        default_value = "15"
    )]
    pub catalog_guesses_window_minutes: String,
}

/// Longer than a day, nobody waits; longer than a month, nobody stays signed in.
const MINUTES_OF_A_DAY: usize = 24 * 60;
const HOURS_OF_A_MONTH: usize = 31 * 24;

impl SignInOptions {
    /// How long a sign-in lasts; what is wrong is added to `problems`.
    pub(super) fn sessions(&self, problems: &mut Problems) -> Sessions {
        let mut number = |flag, value: &str, most| problems.number(flag, value, 1..=most) as u64;
        let idle = &self.catalog_session_idle_minutes;
        let idle = number("catalog-session-idle-minutes", idle, MINUTES_OF_A_DAY);
        let longest =
            number("catalog-session-hours", &self.catalog_session_hours, HOURS_OF_A_MONTH);
        let most = number("catalog-sessions-per-user", &self.catalog_sessions_per_user, 1_000);
        Sessions {
            idle: Duration::from_mins(idle),
            longest: Duration::from_hours(longest),
            per_user: most as u32,
        }
    }

    /// How guessing is slowed down; what is wrong is added to `problems`.
    pub(super) fn guesses(&self, problems: &mut Problems) -> Guesses {
        let mut number = |flag, value: &str, most| problems.number(flag, value, 1..=most) as u64;
        // More would be no slowing down.
        let guesses = number("catalog-guesses-per-account", &self.catalog_guesses_per_account, 20);
        let window = &self.catalog_guesses_window_minutes;
        let window = number("catalog-guesses-window-minutes", window, MINUTES_OF_A_DAY);
        Guesses { per_account: guesses as u32, window: Duration::from_mins(window) }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct CommandLine {
        #[command(flatten)]
        options: SignInOptions,
    }

    fn read(flags: &[&str]) -> Result<(Sessions, Guesses), Problems> {
        let line = CommandLine::parse_from([&["catalog-service"], flags].concat());
        let mut problems = Problems::default();
        let read = (line.options.sessions(&mut problems), line.options.guesses(&mut problems));
        problems.none_or(read)
    }

    #[test]
    fn each_is_a_setting_and_not_said_is_the_default() {
        assert_eq!(read(&[]), Ok((Sessions::default(), Guesses::default())));
        let (sessions, guesses) = read(&[
            "--catalog-session-idle-minutes=5",
            "--catalog-session-hours=1",
            "--catalog-sessions-per-user=2",
            "--catalog-guesses-per-account=3",
            "--catalog-guesses-window-minutes=60",
        ])
        .unwrap();
        let (idle, longest) = (Duration::from_secs(300), Duration::from_secs(3_600));
        assert_eq!(sessions, Sessions { idle, longest, per_user: 2 });
        assert_eq!(guesses, Guesses { per_account: 3, window: longest });
    }

    #[test]
    fn none_at_all_and_too_much_are_refused() {
        for (flag, most) in [
            ("session-idle-minutes", 1_440),
            ("session-hours", 744),
            ("sessions-per-user", 1_000),
            ("guesses-per-account", 20),
            ("guesses-window-minutes", 1_440),
        ] {
            assert!(read(&[&format!("--catalog-{flag}={most}")]).is_ok(), "{flag}");
            for wrong in ["0".to_owned(), (most + 1).to_string(), "some".to_owned()] {
                let problems = read(&[&format!("--catalog-{flag}={wrong}")]).unwrap_err();
                let told = problems.to_string();
                assert!(
                    told.contains(flag) && told.contains(&format!("from 1 to {most}")),
                    "{told}"
                );
            }
        }
    }
}
