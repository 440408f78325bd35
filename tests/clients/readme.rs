//! The README's commands for curl, grpcurl and buf, word for word: only ports, login, password and etag are those of this shop.

use std::process::Command;

use tests::{people::PASSWORD, process::tool, shop::Shop};

use super::run;

const README: &str = include_str!("../../README.md");

/// The README's commands of a program for a shop, each on one line.
fn commands(program: &str) -> Vec<String> {
    let ends = |line: &String| !is_for_the_depot(line) && !is_endless(line);
    lines(program).into_iter().filter(ends).collect()
}

/// Those that go on until somebody ends them.
fn is_endless(line: &str) -> bool {
    ["products:watch", "WatchProducts"].iter().any(|what| line.contains(what))
        && !is_for_the_depot(line)
}

/// Those for a service that is not Shelf's.
pub(crate) fn commands_for_the_depot() -> Vec<String> {
    lines("curl").into_iter().filter(|line| is_for_the_depot(line)).collect()
}

fn is_for_the_depot(line: &str) -> bool {
    line.contains("localhost:8080/depot/")
}

fn lines(program: &str) -> Vec<String> {
    let text = README.replace("\\\n", " ");
    let start = format!("{program} ");
    text.lines().filter(|line| line.starts_with(&start)).map(str::to_owned).collect()
}

/// Runs a line of the README against this shop, and answers what it printed; it has to succeed.
async fn run_here(shop: &Shop, told: &str, token: &str) -> String {
    let here = told
        .replace("localhost:50051", &shop.grpc_address().to_string())
        .replace("localhost:8080", &shop.http_address().to_string());
    let mut command = Command::new("sh");
    command.current_dir(tool("proto/.."));
    command.args(["-c", &format!("PATH=$GRPCURL:$BUF:$PATH; {here}")]);
    command.env("GRPCURL", tool("target/tools/bin"));
    command.env("BUF", tool("tests/browser/node_modules/.bin"));
    command.env("TOKEN", token);
    let (output, text) = run(command).await;
    assert!(output.status.success(), "{told}: {text}");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_for_curl_sign_in_and_change_a_product() {
    let shop = Shop::with_sample().await;
    let sign_in = commands("TOKEN=$(curl");
    let [sign_in] = sign_in.as_slice() else { panic!("one line signs in: {sign_in:?}") };
    let sign_in = sign_in
        .replace("you@example.com", "grace@shelf.example")
        .replace("\"…\"", &format!("\"{PASSWORD}\""));
    let token = run_here(&shop, &format!("{sign_in}; echo $TOKEN"), "").await;

    let words = [
        "\"STATE_ACTIVE\"",
        "\netag: ",
        "HTTP/1.1 200",
        "\"deleteTime\"",
        "\"Soup bowl, deep\"",
        "\"products/soup-bowl/revisions/1\"",
        "\"Soup bowl, stoneware\"",
    ];
    let commands = commands("curl");
    assert_eq!(commands.len(), words.len(), "{commands:?}");
    let mut etag = String::new();
    for (told, word) in commands.iter().zip(words) {
        let told = told.replace("\"…\"", &etag);
        let text = run_here(&shop, &told, token.trim()).await;
        assert!(text.contains(word), "{told}\n`{word}`: {text}");
        let found = text.lines().find_map(|line| line.strip_prefix("etag: "));
        etag = found.map_or(etag, |found| found.trim().to_owned());
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_that_watch_begin_at_once() {
    let shop = Shop::with_sample().await;
    let watching = [lines("curl"), lines("grpcurl")].concat();
    let watching: Vec<_> = watching.into_iter().filter(|line| is_endless(line)).collect();
    assert_eq!(watching.len(), 2, "{watching:?}");
    for told in watching {
        let told = format!("timeout 2 {told}; test $? -eq 124");
        let text = run_here(&shop, &told, shop.people.viewer.token()).await;
        assert!(text.contains("\"resumeToken\":"), "{text}");
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_readme_do_what_they_say() {
    let shop = Shop::with_sample().await;
    for (program, words) in [
        (
            "grpcurl",
            &[
                "shelf.catalog.v1.ProductService",
                "rpc GetProduct",
                "soup-bowl",
                "STATE_ACTIVE",
                "SERVING",
            ][..],
        ),
        ("buf", &["defaultCurrency"; 2]),
    ] {
        let commands = commands(program);
        assert_eq!(commands.len(), words.len(), "{commands:?}");
        for (told, word) in commands.iter().zip(words) {
            let text = run_here(&shop, told, shop.people.editor.token()).await;
            assert!(text.contains(word), "{told}\n`{word}`: {text}");
        }
    }
    shop.close().await;
}
