//! What each setting takes and refuses, and that all refusals come together.

use clap::Parser as _;

use super::*;

#[derive(clap::Parser)]
struct CommandLine {
    #[command(flatten)]
    options: Options,
}

fn settings(arguments: &[&str]) -> Result<Settings, Problems> {
    let line = [&["catalog-service"], arguments].concat();
    CommandLine::try_parse_from(line).unwrap().options.settings()
}

fn problems(arguments: &[&str]) -> String {
    settings(arguments).unwrap_err().to_string()
}

#[test]
fn the_defaults_are_loopback_and_a_file_in_the_current_folder() {
    let settings = settings(&[]).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:50051");
    assert_eq!(settings.database_url.expose_secret(), "sqlite:shelf-data/shelf.db");
    assert!(!settings.reflection);
    assert!(settings.cors_origins.is_empty() && settings.allowed_hosts.is_empty());
    assert_eq!(settings.limits, Limits::default());
}

#[test]
fn switches_and_lists_are_read() {
    let settings = settings(&[
        "--catalog-reflection",
        "--catalog-allowed-hosts=a.example, B.example,",
        "--catalog-cors-origins=https://shop.example,http://localhost:8080",
        "--catalog-listen=0.0.0.0:1",
        "--catalog-allow-insecure=on",
        "--catalog-drain-seconds=5",
        "--catalog-trusted-proxies=10.0.0.1, ::1",
        "--catalog-searches-per-second=5",
        "--catalog-searches-at-once=6",
        "--catalog-writes-per-second=3",
        "--catalog-writes-at-once=4",
        "--database-ballast-mib=0",
        "--database-read-only-below-mib=16",
    ])
    .unwrap();
    assert!(settings.reflection);
    assert_eq!(settings.allowed_hosts, ["a.example", "b.example"]);
    assert_eq!(settings.cors_origins.len(), 2);
    assert_eq!(settings.limits.drain.as_secs(), 5);
    assert_eq!(settings.trusted_proxies.len(), 2);
    assert_eq!(settings.limits.searches, Rate { per_second: 5, burst: 6 });
    assert_eq!(settings.limits.writes, Rate { per_second: 3, burst: 4 });
    assert_eq!(settings.limits.disk, DiskLimits { ballast: 0, read_only_below: 16 << 20 });
}

#[test]
fn each_faulty_setting_is_named_with_its_value_and_advice() {
    for (argument, named, advice) in [
        ("--catalog-listen=here", "SHELF_CATALOG_LISTEN) is `here`", "127.0.0.1:50051"),
        ("--catalog-listen=0.0.0.0:50051", "`0.0.0.0:50051`", "catalog-allow-insecure"),
        ("--catalog-allow-insecure=perhaps", "`perhaps`", "`on` or `off`"),
        ("--database-url=mysql://user:secret@host", "SHELF_DATABASE_URL) is `mysql`", "sqlite:"),
        ("--database-url=sqlite:", "`sqlite`", "sqlite:shelf-data"),
        ("--database-url-file=/no/such/file", "`/no/such/file`", "cannot be read"),
        ("--keep-revisions=2y", "SHELF_KEEP_REVISIONS) is `2y`", "`forever`"),
        ("--catalog-allowed-hosts=a:1", "`a:1`", "without scheme and port"),
        ("--catalog-cors-origins=*", "`*`", "https://shop.example"),
        ("--catalog-reflection=maybe", "`maybe`", "`on` or `off`"),
        ("--catalog-max-calls=0", "`0`", "from 1 to 1000000"),
        (
            "--catalog-max-calls-per-caller=0",
            "SHELF_CATALOG_MAX_CALLS_PER_CALLER) is `0`",
            "from 1",
        ),
        ("--catalog-reads-per-second=fast", "`fast`", "from 1 to"),
        ("--catalog-searches-at-once=0", "`0`", "from 1 to"),
        ("--catalog-writes-at-once=0", "`0`", "from 1 to"),
        ("--catalog-sign-ins-per-address=0", "`0`", "from 1 to"),
        ("--catalog-trusted-proxies=10.0.0.0/8", "`10.0.0.0/8`", "IP address"),
        ("--catalog-max-connections=many", "`many`", "from 1 to"),
        ("--catalog-max-connections-per-address=-1", "`-1`", "from 1 to"),
        ("--catalog-drain-seconds=601", "`601`", "from 0 to 600"),
        ("--catalog-query-milliseconds=0", "`0`", "from 1 to 10000"),
        ("--catalog-query-steps=999999", "`999999`", "from 1000000 to"),
        ("--database-ballast-mib=64M", "SHELF_DATABASE_BALLAST_MIB) is `64M`", "from 0 to"),
        ("--database-read-only-below-mib=-1", "`-1`", "from 0 to"),
    ] {
        let text = problems(&[argument]);
        assert!(text.contains(named) && text.contains(advice), "{argument}: {text}");
        assert!(!text.contains("secret"), "{text}");
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let text = problems(&["--catalog-listen=x", "--catalog-reflection=y", "--catalog-max-calls=z"]);
    assert_eq!(text.lines().count(), 4, "{text}");
}

#[cfg(unix)]
#[test]
fn a_secret_file_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    fs::write(&file, "sqlite:elsewhere.db\n").unwrap();
    let argument = format!("--database-url-file={}", file.display());

    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(problems(&[&argument]).contains("chmod 600"));

    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let settings = settings(&[&argument]).unwrap();
    assert_eq!(settings.database_url.expose_secret(), "sqlite:elsewhere.db");
    assert!(!format!("{settings:?}").contains("elsewhere"));
}
