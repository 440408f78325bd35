//! The settings for the disk that the database lies on, for each program that opens one.

use super::{DiskLimits, Problems};

/// The most that a setting in MiB may be: one PiB.
const MOST_MIB: usize = 1 << 30;

/// How much of the disk is left to others, as it was written.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct DiskOptions {
    /// MiB of room held back beside the database, so that deleting goes on when the disk is full; 0 holds none back
    #[arg(long, env = "SHELF_DATABASE_BALLAST_MIB", value_name = "NUMBER", default_value = "64")]
    pub database_ballast_mib: String,

    /// MiB that have to be free, beside what is held back, for anything to be added; below it reading and deleting go on
    #[arg(
        long,
        env = "SHELF_DATABASE_READ_ONLY_BELOW_MIB",
        value_name = "NUMBER",
        default_value = "256"
    )]
    pub database_read_only_below_mib: String,
}

impl DiskOptions {
    /// The limits; what is wrong with them is added to `problems`.
    pub fn limits(&self, problems: &mut Problems) -> DiskLimits {
        let mut bytes = |flag, value| (problems.number(flag, value, 0..=MOST_MIB) as u64) << 20;
        DiskLimits {
            ballast: bytes("database-ballast-mib", &self.database_ballast_mib),
            read_only_below: bytes(
                "database-read-only-below-mib",
                &self.database_read_only_below_mib,
            ),
        }
    }
}
