//! The settings of `shelf load`. The token comes from the environment or a file, never from the command line, which others can read.

use std::{env, fs, path::PathBuf};

use clap::Args;
use gateway::config::Problems;
use secrecy::SecretString;

use crate::load::Source;

/// What `shelf load` is told.
#[derive(Clone, Debug, Args)]
pub struct LoadArguments {
    /// The file; `-` reads standard input
    #[arg(value_name = "FILE.jsonl|-")]
    pub file: String,
    /// The catalog-service's address
    #[arg(
        long,
        env = "SHELF_CATALOG",
        default_value = "http://127.0.0.1:50051",
        value_name = "ADDRESS"
    )]
    pub catalog: String,
    /// A file with an editor's bearer token; the token itself may be in SHELF_TOKEN
    #[arg(long, env = "SHELF_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}

/// What `shelf load` needs, checked.
#[derive(Clone, Debug)]
pub struct LoadSettings {
    /// Where the lines come from.
    pub source: Source,
    /// The catalog-service's address.
    pub catalog: String,
    /// An editor's bearer token.
    pub token: SecretString,
}

impl LoadArguments {
    /// The settings.
    ///
    /// # Errors
    /// Every problem with them.
    pub fn settings(self) -> Result<LoadSettings, Problems> {
        let mut problems = Vec::new();
        if self.catalog.parse::<tonic::transport::Uri>().is_err() {
            problems.push(format!("--catalog: `{}` is not an address", self.catalog));
        }
        let token = token(variable("SHELF_TOKEN"), self.token_file).unwrap_or_else(|problem| {
            problems.push(problem);
            SecretString::default()
        });
        if problems.is_empty() {
            Ok(LoadSettings { source: Source::named(&self.file), catalog: self.catalog, token })
        } else {
            Err(Problems(problems))
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn token(value: Option<String>, file: Option<PathBuf>) -> Result<SecretString, String> {
    match (value, file) {
        (Some(_), Some(_)) => Err("give either SHELF_TOKEN or SHELF_TOKEN_FILE".into()),
        (Some(token), None) => Ok(token.trim().into()),
        (None, Some(path)) => match fs::read_to_string(&path) {
            Ok(token) if !token.trim().is_empty() => Ok(token.trim().into()),
            Ok(_) => Err(format!("SHELF_TOKEN_FILE: `{}` is empty", path.display())),
            Err(error) => Err(format!("SHELF_TOKEN_FILE: `{}`: {error}", path.display())),
        },
        (None, None) => {
            Err("an editor's token is needed, in SHELF_TOKEN or SHELF_TOKEN_FILE".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_token_comes_from_one_place_and_without_white_space() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        fs::write(&file, "secret\n").unwrap();
        assert_eq!(token(Some(" a ".into()), None).unwrap().expose_secret(), "a");
        assert_eq!(token(None, Some(file.clone())).unwrap().expose_secret(), "secret");
        assert!(token(Some("a".into()), Some(file)).unwrap_err().contains("either"));
        assert!(token(None, None).unwrap_err().contains("SHELF_TOKEN"));
        let missing = token(None, Some(folder.path().join("none"))).unwrap_err();
        assert!(missing.starts_with("SHELF_TOKEN_FILE"), "{missing}");
    }
}
