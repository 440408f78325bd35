//! What the binaries print when they start, and how they refuse to.

use std::net::TcpListener;

use tests::{
    pair::{address, token},
    process::{Process, binary},
    web::Web,
};

/// A binary, its arguments and its variables.
type Start<'a> = (&'a str, Vec<&'a str>, Vec<(&'a str, &'a str)>);
type Words = &'static [&'static str];
type Variables = &'static [(&'static str, &'static str)];

/// Starts `shelf` in a folder on free ports.
fn shelf(folder: &tempfile::TempDir, more: &[&str]) -> Process {
    let data = folder.path().join("data").display().to_string();
    let arguments =
        ["--data-dir", &data, "--listen", "127.0.0.1:0", "--grpc-listen", "127.0.0.1:0"];
    Process::start("shelf", &[&arguments[..], more].concat(), &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn shelf_says_where_everything_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = shelf(&folder, &[]);
    let setup = process.line("setup: ").await;
    let shop = process.line("shop: http://localhost:").await;
    process.line("gRPC: http://localhost:").await;
    let sample = process.line("sample shop").await;
    assert!(sample.contains("--empty") || sample.contains("products"), "{sample}");
    assert!(setup.contains("/admin/setup#") && token(&setup).len() >= 32, "{setup}");
    let port = shop.rsplit(':').next().unwrap().trim().parse::<u16>().unwrap();
    let web = Web::at(([127, 0, 0, 1], port).into());
    assert_eq!(web.get("/").await.status.as_u16(), 200);
    process.terminate().await;
    let (status, output) = process.ended().await;
    assert!(status.success(), "{status}: {output}");

    let mut again = shelf(&folder, &[]);
    again.line("setup: ").await;
    assert!(!again.output().contains("sample shop"), "loaded once: {}", again.output());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("shelf.db").display());
    let data = folder.path().join("data").display().to_string();
    let starts: [Start<'_>; 4] = [
        ("gateway", vec!["--listen", &address], vec![]),
        (
            "catalog-service",
            vec![],
            vec![("SHELF_CATALOG_LISTEN", &address), ("SHELF_DATABASE_URL", &database)],
        ),
        (
            "shelf",
            vec!["--data-dir", &data, "--listen", &address, "--grpc-listen", "127.0.0.1:0"],
            vec![],
        ),
        (
            "shelf",
            vec!["--data-dir", &data, "--grpc-listen", &address, "--listen", "127.0.0.1:0"],
            vec![],
        ),
    ];
    for (name, arguments, variables) in starts {
        let (status, output) = Process::start(name, &arguments, &variables).ended().await;
        assert!(!status.success() && output.contains(&address), "{name}: {status}: {output}");
        assert!(!output.contains("panicked"), "{output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_setting_is_told_at_once() {
    let starts: [(&str, Words, Variables, Words); 4] = [
        (
            "gateway",
            &["--listen", "nowhere", "--catalog", "::", "--public-origin", "shop"],
            &[],
            &["listen", "catalog", "public-origin"],
        ),
        (
            "catalog-service",
            &[],
            &[
                ("SHELF_CATALOG_LISTEN", "nowhere"),
                ("SHELF_DATABASE_URL", "oracle:x"),
                ("SHELF_LOG_FORMAT", "verse"),
            ],
            &["catalog-listen", "database-url", "log-format"],
        ),
        (
            "shelf",
            &["--listen", "nowhere", "--grpc-listen", "0.0.0.0:1", "--public-origin", "shop"],
            &[],
            &["--listen", "--grpc-listen", "--public-origin"],
        ),
        (
            "shelf",
            &["load", "x.jsonl", "--catalog", "not an address"],
            &[],
            &["--catalog", "SHELF_TOKEN"],
        ),
    ];
    for (name, arguments, variables, words) in starts {
        let (status, output) = Process::start(name, arguments, variables).ended().await;
        assert_eq!(status.code(), Some(64), "{name}: {output}");
        for word in words {
            assert!(output.contains(word), "{name}: `{word}`: {output}");
        }
    }
    for name in ["gateway", "catalog-service", "shelf"] {
        let (status, output) = Process::start(name, &["--nonsense"], &[]).ended().await;
        assert_eq!(status.code(), Some(64), "{name}: {output}");
        let (status, output) = Process::start(name, &["--help"], &[]).ended().await;
        assert!(status.success() && output.contains("SHELF_"), "{name}: {output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shelf.db");
    std::fs::write(
        &file,
        "this is a letter, not a database, and long enough to be read as one".repeat(100),
    )
    .unwrap();
    let before = std::fs::read(&file).unwrap();
    let database = format!("sqlite:{}", file.display());
    let variables =
        [("SHELF_CATALOG_LISTEN", "127.0.0.1:0"), ("SHELF_DATABASE_URL", database.as_str())];
    let (status, output) = Process::start("catalog-service", &[], &variables).ended().await;
    assert!(!status.success() && output.contains("shelf.db"), "{status}: {output}");
    assert!(!output.contains("panicked"), "{output}");
    assert_eq!(std::fs::read(&file).unwrap(), before);

    let nowhere = format!("sqlite:{}", folder.path().join("shelf.db/inside.db").display());
    let variables =
        [("SHELF_CATALOG_LISTEN", "127.0.0.1:0"), ("SHELF_DATABASE_URL", nowhere.as_str())];
    let (status, output) = Process::start("catalog-service", &[], &variables).ended().await;
    assert!(!status.success() && output.contains("inside.db"), "{status}: {output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shelf.db");
    let database = format!("sqlite:{}", file.display());
    let variables = [
        ("SHELF_CATALOG_LISTEN", "127.0.0.1:0"),
        ("SHELF_DATABASE_URL", database.as_str()),
        ("SHELF_LOG_FORMAT", "json"),
    ];
    let mut first = Process::start("catalog-service", &[], &variables);
    address(&mut first).await;
    first.terminate().await;
    assert!(first.ended().await.0.success());
    let newer = "INSERT INTO schema_steps SELECT 999, checksum FROM schema_steps LIMIT 1";
    let open = rusqlite::Connection::open(&file).unwrap();
    assert_eq!(open.execute(newer, []).unwrap(), 1);
    open.close().unwrap();
    let before = std::fs::read(&file).unwrap();
    let (status, output) = Process::start("catalog-service", &[], &variables).ended().await;
    assert_eq!(status.code(), Some(74), "{output}");
    assert!(output.contains("newer") && output.contains("use that version"), "{output}");
    assert!(!output.contains("panicked"), "{output}");
    assert!(std::fs::read(&file).unwrap() == before, "not one byte is changed");
}

#[test]
fn every_binary_is_built() {
    for name in ["shelf", "catalog-service", "gateway"] {
        assert!(binary(name).is_file());
    }
}
