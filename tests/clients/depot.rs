//! A gateway in front of a service in another language that knows nothing of it: Python's grpcio, which describes itself by reflection.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{
    pair::address,
    process::{Process, tool},
    web::{Answer, Web},
};
use tokio::{process::Command, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{readme::commands_for_the_depot, run};

/// A number that a double does not hold.
const LONG: &str = "9007199254740993";

/// The service, the gateway in front of it, and a folder for their files.
struct Depot {
    service: Process,
    gateway: Process,
    web: Web,
    folder: TempDir,
}

impl Depot {
    /// One that describes itself.
    async fn open() -> Self {
        let (folder, service, upstream) = service().await;
        let (gateway, web) =
            gateway(&["--upstream", &upstream, "--reflect", "--reread-seconds=1"]).await;
        Self { service, gateway, web, folder }
    }

    async fn close(self) {
        self.gateway.terminate().await;
        let (status, output) = self.gateway.ended().await;
        assert_eq!(status.code(), Some(0), "{output}");
        self.service.kill().await;
        self.folder.close().unwrap();
    }
}

/// Starts the service, whose description is written to `depot.binpb` in the folder.
async fn service() -> (TempDir, Process, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(tool("target/tools/python/bin/python"));
    command
        .arg(tool("tests/clients/depot/depot.py"))
        .arg(tool("proto"))
        .arg(folder.path().join("depot.binpb"));
    let mut service = Process::foreign("depot.py", command);
    let line = service.line("listening on ").await;
    let port = line.rsplit(' ').next().unwrap().to_owned();
    (folder, service, format!("http://127.0.0.1:{port}"))
}

/// Starts a gateway, and waits until it is ready.
async fn gateway(flags: &[&str]) -> (Process, Web) {
    let flags = [&["--listen", "127.0.0.1:0", "--log-format", "json"], flags].concat();
    let mut gateway = Process::start("gateway", &flags, &[]);
    let web = Web::at(address(&mut gateway).await);
    web.until("/readyz", StatusCode::OK).await;
    (gateway, web)
}

fn lines(answer: &Answer) -> Vec<Value> {
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_streams_files_and_errors_of_a_python_service_are_served() {
    let depot = Depot::open().await;
    let web = &depot.web;

    let asked = web.with_token("t1").with("traceparent", "00-1-2-01").with("cookie", "a=b");
    let answer = asked.get("/depot/boxes/1").await;
    let tags = ["authorization=Bearer t1", "traceparent=00-1-2-01"];
    assert_eq!(answer.json(), json!({"name": "boxes/1", "weightGrams": LONG, "tags": tags}));
    assert_eq!((answer.header("cache-control"), answer.header("x-secret")), ("no-store", ""));

    let answer = web.get("/depot/boxes/none").await;
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::NOT_FOUND, "BOX_UNKNOWN"));
    assert_eq!(answer.json()["error"]["message"], "there is no such box");

    let answer = web.get("/depot/boxes:watch?count=2").await;
    assert_eq!(answer.json()[1]["name"], "boxes/1");
    let by_line = web.with("accept", "application/x-ndjson");
    let answer = by_line.get("/depot/boxes:watch?count=3&failAfter=2").await;
    let told = lines(&answer);
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(told[2]["error"]["details"][0]["reason"], "DEPOT_CLOSED");
    let events = web.with("accept", "text/event-stream").get("/depot/boxes:watch?count=2").await;
    assert_eq!(events.text().matches("data: {\"name\"").count(), 2, "{}", events.text());
    assert_eq!(web.get("/depot/boxes:watch?failAfter=1").await.reason(), "DEPOT_CLOSED");

    let boxes = format!("{{\"weightGrams\": \"{LONG}\"}}\n\n{{\"weight_grams\": 1}}\n");
    let import = web.ask(Method::POST, "/depot/boxes:import");
    let answer = import.body("application/x-ndjson", boxes).send().await;
    assert_eq!(answer.json(), json!({"count": 2, "weightGrams": "9007199254740994"}));

    let label = web.get("/depot/boxes/1:label").await;
    assert_eq!(label.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(label.text(), "label of boxes/1\n");
    let picture = &b"\x89PNG\r\n\x1a\n\0"[..];
    let sent = web.ask(Method::POST, "/depot/files:copy").body("image/png", picture);
    let copied = sent.send().await;
    assert_eq!((copied.header("content-type"), &copied.body[..]), ("image/png", picture));
    depot.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_of_the_readme_are_answered() {
    let depot = Depot::open().await;
    let commands = commands_for_the_depot();
    let words = ["\"name\":\"boxes/1\"", "{\"name\":\"boxes/2\"", "\"count\":2"];
    assert_eq!(commands.len(), words.len(), "{commands:?}");
    for (told, word) in commands.iter().zip(words) {
        let here = told.replace("localhost:8080", &depot.web.host());
        let mut command = std::process::Command::new("bash");
        command.args(["-c", &here]);
        let (output, text) = run(command).await;
        assert!(output.status.success() && text.contains(word), "{told}: {text}");
    }
    depot.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_changes_is_followed_without_a_failed_request_until_it_makes_no_sense() {
    let mut depot = Depot::open().await;
    let web = depot.web.clone();
    let onto = json!({"shelf": "a"});
    let shelved = || web.post("/depot/boxes/1:shelve", &onto);
    // As a name it is known, to be read.
    assert_eq!(shelved().await.status, StatusCode::METHOD_NOT_ALLOWED);

    let (enough, mut asking) = (CancellationToken::new(), JoinSet::new());
    for _ in 0..4 {
        let (web, enough) = (web.clone(), enough.clone());
        asking.spawn(async move {
            let mut count = 0;
            while !enough.is_cancelled() {
                let answer = web.get("/depot/boxes/1").await;
                assert_eq!(answer.json()["weightGrams"], LONG, "{}", answer.status);
                count += 1;
            }
            count
        });
    }
    depot.service.signal("USR1").await;
    while shelved().await.status != StatusCode::OK {
        tokio::task::yield_now().await;
    }
    assert_eq!(shelved().await.json()["tags"], json!(["a"]));

    depot.service.signal("USR2").await;
    let told = depot.gateway.line("cannot be used").await;
    assert!(told.contains("depot.v1.Depot.Twin"), "{told}");
    assert_eq!(shelved().await.json()["tags"], json!(["a"]));
    enough.cancel();
    let counts = asking.join_all().await;
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    assert_eq!(web.get("/readyz").await.status, StatusCode::OK);
    depot.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_describes_the_service_and_another_gives_it_rules() {
    let (folder, service, upstream) = service().await;
    let place = |name: &str| folder.path().join(name).display().to_string();
    let rules = "http:\n  rules:\n  - selector: depot.v1.Depot.Sweep\n    post: /depot:sweep\n";
    std::fs::write(place("rules.yaml"), rules).unwrap();
    let set = place("depot.binpb");
    let rules = place("rules.yaml");
    let flags = ["--upstream", &upstream, "--descriptor-set", &set, "--service-config", &rules];
    let manner = ["--omit-defaults", "--proto-names", "--profile=grpc-gateway"];
    let (gateway, web) = gateway(&[&flags[..], &manner].concat()).await;

    let swept = web.ask(Method::POST, "/depot:sweep").send().await;
    assert_eq!((swept.status, swept.json()), (StatusCode::OK, json!({})), "{}", swept.text());
    let answer = web.get("/depot/boxes/1?nothing=1").await;
    assert_eq!(answer.json(), json!({"name": "boxes/1", "weight_grams": LONG}));
    let answer = web.get("/depot/boxes/none").await.json();
    assert_eq!((&answer["code"], &answer["details"][0]["domain"]), (&json!(5), &json!("depot")));
    drop((gateway, service));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_files_of_a_service_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("empty.binpb");
    std::fs::write(&set, "no set").unwrap();
    let set = set.display().to_string();
    let flags = ["--upstream", "http://127.0.0.1:1", "--descriptor-set", &set];
    let (status, output) = Process::start("gateway", &flags, &[]).ended().await;
    assert_eq!(status.code(), Some(64), "{output}");
    assert!(output.contains("--descriptor-set this is no descriptor set"), "{output}");
    let (status, output) = Process::start("gateway", &["--reflect"], &[]).ended().await;
    assert_eq!(status.code(), Some(64), "{output}");
    assert!(output.contains("--reflect goes with --upstream"), "{output}");
}
