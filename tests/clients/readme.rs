//! The README's commands for grpcurl and buf, word for word: only the ports are those of this shop.

use std::process::Command;

use tests::{process::tool, shop::Shop};

use super::run;

const README: &str = include_str!("../../README.md");

/// The README's commands of a program, each on one line.
fn commands(program: &str) -> Vec<String> {
    let text = README.replace("\\\n", " ");
    let start = format!("{program} ");
    text.lines().filter(|line| line.starts_with(&start)).map(str::to_owned).collect()
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
            let here = told
                .replace("localhost:50051", &shop.grpc_address().to_string())
                .replace("localhost:8080", &shop.http_address().to_string());
            let mut command = Command::new("sh");
            command.current_dir(tool("proto/.."));
            command.args(["-c", &format!("PATH=$GRPCURL:$BUF:$PATH; {here}")]);
            command.env("GRPCURL", tool("target/tools/bin"));
            command.env("BUF", tool("tests/browser/node_modules/.bin"));
            command.env("TOKEN", shop.people.editor.token());
            let (output, text) = run(command).await;
            assert!(output.status.success() && text.contains(word), "{told}\n`{word}`: {text}");
        }
    }
    shop.close().await;
}
