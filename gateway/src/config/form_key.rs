//! The secret that waiting forms are sealed with. It is never shown, not even where it is wrong.

use std::{fs, io, path::Path};

use secrecy::zeroize::Zeroizing;

use super::Problems;
use crate::session::FormKey;

/// The least that a secret has, in bytes.
const SHORTEST: usize = 32;

/// The key of a file; without one a key that ends with the process.
pub(super) fn read(file: Option<&Path>, problems: &mut Problems) -> FormKey {
    let Some(file) = file else { return FormKey::random() };
    secret(file).map(|secret| FormKey::of(&secret)).unwrap_or_else(|problem| {
        problems.add(format!("--form-key-file `{}` {problem}", file.display()));
        FormKey::random()
    })
}

fn secret(file: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    let unreadable = |error: io::Error| format!("cannot be read: {error}");
    if is_open_to_others(&fs::metadata(file).map_err(unreadable)?) {
        return Err("can be read by others than its owner; run `chmod 600` on it".to_owned());
    }
    let mut secret = Zeroizing::new(fs::read(file).map_err(unreadable)?);
    let length = secret.trim_ascii_end().len();
    secret.truncate(length);
    if secret.len() < SHORTEST {
        return Err(format!(
            "holds less than {SHORTEST} bytes; `head -c 32 /dev/urandom | base64` makes a secret"
        ));
    }
    Ok(secret)
}

#[cfg(unix)]
fn is_open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs::Permissions, os::unix::fs::PermissionsExt as _};

    use jiff::Timestamp;

    use super::*;
    use crate::session::{Opened, Parked};

    fn problems_of(file: &Path) -> (FormKey, Vec<String>) {
        let mut problems = Problems::default();
        let key = read(Some(file), &mut problems);
        (key, problems.0)
    }

    #[test]
    fn a_secret_is_long_and_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("form.key");
        let (_, none) = problems_of(&file);
        assert!(none[0].contains("--form-key-file") && none[0].contains("cannot be read"));

        fs::write(&file, "A".repeat(SHORTEST)).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        assert!(problems_of(&file).1[0].contains("chmod 600"));

        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        assert_eq!(problems_of(&file).1, Vec::<String>::new());
        // A line end is not part of it.
        fs::write(&file, "A".repeat(SHORTEST - 1) + "\n").unwrap();
        let short = problems_of(&file).1;
        assert!(short[0].contains("less than 32 bytes") && !short[0].contains("AAA"), "{short:?}");
    }

    #[test]
    fn two_gateways_with_one_file_open_each_others_forms() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("form.key");
        fs::write(&file, "B".repeat(44) + "\n").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        let (one, other) = (problems_of(&file).0, problems_of(&file).0);
        let now = Timestamp::UNIX_EPOCH;
        let parked = Parked::since(now, "", "/admin/products/mug/delete", String::new());
        assert_eq!(other.open(&one.seal(&parked), now), Opened::Good(parked));
    }
}
