//! `shelf load` as people run it: from a file and from standard input, what it prints, and how it ends.

use std::{fs, path::Path, process::Command};

use proto::catalog::{GetProductRequest, Product};
use serde_json::{Value, json};
use tests::{
    pair::Pair,
    process::{Process, tool},
};

/// A line of a product with its id as the sku.
fn line(id: &str, title: &str) -> String {
    let product = json!({ "title": title, "variants": [{ "sku": id }] });
    format!("{}\n", json!({ "productId": id, "product": product }))
}

/// Loads a text from standard input, with the editor's token in a file; the exit code, and what was printed.
async fn load(pair: &Pair, folder: &Path, text: &str) -> (Option<i32>, String) {
    let token = folder.join("token");
    fs::write(&token, format!("{}\n", pair.people.editor.token())).expect("a token's file");
    let catalog = format!("http://{}", pair.catalog_address);
    let variables = [("SHELF_TOKEN_FILE", token.to_str().expect("a path in ASCII"))];
    let process = Process::fed("shelf", &["load", "-", "--catalog", &catalog], &variables, text);
    let (status, output) = process.ended().await;
    (status.code(), output)
}

async fn product(pair: &Pair, id: &str) -> Product {
    let get = GetProductRequest { name: format!("products/{id}"), ..Default::default() };
    pair.people.editor.products().get_product(get).await.expect("a product").into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn standard_input_is_loaded_with_a_token_of_a_file_and_again_changes_nothing() {
    let pair = Pair::start().await;
    let folder = tempfile::tempdir().unwrap();
    let text = [line("mug", "Enamel mug"), line("pot", "Pot")].concat();
    let first = load(&pair, folder.path(), &text).await;
    let printed = "2 products loaded, 0 were there already, 0 lines faulty";
    assert_eq!(first, (Some(0), printed.to_owned()));
    let seen = product(&pair, "mug").await;
    assert_eq!((seen.title.as_str(), seen.variants[0].sku.as_str()), ("Enamel mug", "mug"));

    let again = load(&pair, folder.path(), &text).await;
    let printed = "nothing changed: all 2 products were there already";
    assert_eq!(again, (Some(0), printed.to_owned()));
    assert_eq!(product(&pair, "mug").await, seen);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_faults_and_known_products_is_loaded_as_far_as_it_goes() {
    let pair = Pair::start().await;
    let folder = tempfile::tempdir().unwrap();
    load(&pair, folder.path(), &line("mug", "Enamel mug")).await;
    let text = [
        line("pot", "Pot"),
        line("mug", "Another mug"),
        "{\"productId\":\"x\",\n".into(),
        line("jug", ""),
        line("cup", "Cup"),
    ];
    let file = folder.path().join("products.jsonl");
    fs::write(&file, text.concat()).unwrap();
    let catalog = format!("http://{}", pair.catalog_address);
    let arguments = ["load", file.to_str().unwrap(), "--catalog", &catalog];
    let variables = [("SHELF_TOKEN", pair.people.editor.token())];
    let (status, output) = Process::start("shelf", &arguments, &variables).ended().await;
    assert_eq!(status.code(), Some(1), "{output}");
    let printed = "2 products loaded, 1 were there already, 2 lines faulty";
    assert!(output.lines().any(|line| line == printed), "{output}");
    for start in ["line 3: ", "line 4: product.title: "] {
        assert!(output.lines().any(|line| line.starts_with(start)), "`{start}`: {output}");
    }
    assert_eq!(output.lines().count(), 3, "nothing else is said: {output}");
    assert_eq!(product(&pair, "mug").await.title, "Enamel mug", "what is there stays");
    assert_eq!(product(&pair, "cup").await.title, "Cup", "what follows a fault is loaded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_there_and_a_stranger_end_in_one_sentence() {
    let pair = Pair::start().await;
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.jsonl");
    let catalog = format!("http://{}", pair.catalog_address);
    let arguments = ["load", missing.to_str().unwrap(), "--catalog", &catalog];
    let variables = [("SHELF_TOKEN", pair.people.editor.token())];
    let (status, output) = Process::start("shelf", &arguments, &variables).ended().await;
    assert!(status.code() == Some(1) && output.starts_with("error: "), "{status}: {output}");

    let arguments = ["load", "-", "--catalog", &catalog];
    let variables = [("SHELF_TOKEN", pair.people.viewer.token())];
    let process = Process::fed("shelf", &arguments, &variables, &line("mug", "Mug"));
    let (status, output) = process.ended().await;
    assert!(status.code() == Some(1) && output.contains("refused"), "{status}: {output}");
}

/// Two products as Icecat writes them.
fn icecat() -> [Value; 2] {
    let lamp = json!({
        "id": 7, "ean": ["4006381333931", "4006381333932", "4006381333931"], "name": "LU  100",
        "price": 1_999, "title": "Lamp 100", "supplier": "Lumo", "date_released": "2020-01-02T00:00:00Z",
        "short_description": "Bright *and* warm",
        "attr_t_cable_colour": "white", "attr_n_weight": 1.5, "attr_b_dimmable": true, "attr_t_none": "",
        "img_high": "https://elsewhere.example/7.jpg", "img_low": "https://elsewhere.example/7s.jpg",
    });
    let same_part = json!({
        "id": 8, "ean": [], "name": "LU 100", "price": 2_000, "title": "Lamp 101", "supplier": "Lumo",
        "date_released": "2021-05-06T00:00:00Z",
    });
    [lamp, same_part]
}

#[tokio::test(flavor = "multi_thread")]
async fn icecat_products_become_lines_that_are_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("icecat.jsonl");
    fs::write(&source, icecat().map(|product| format!("{product}\n")).concat()).unwrap();
    assert!(Command::new("gzip").arg(&source).status().unwrap().success());
    let made = Command::new("python3")
        .arg(tool("tests/bench/icecat.py"))
        .arg(source.with_extension("jsonl.gz"))
        .output()
        .unwrap();
    let told = String::from_utf8(made.stderr).unwrap();
    assert!(made.status.success(), "{told}");
    for sentence in [
        "2 products written",
        "2 image addresses left out",
        "product 7: `4006381333932` is not a GTIN, left out",
        "1 part numbers too long or not unique, the product's id is the sku",
    ] {
        assert!(told.lines().any(|line| line == sentence), "`{sentence}`: {told}");
    }
    let text = String::from_utf8(made.stdout).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let lamp = json!({ "productId": "icecat-7", "product": {
        "title": "Lamp 100", "brand": "Lumo", "description": "Bright \\*and\\* warm",
        "attributes": {
            "cable colour": { "text": "white" }, "weight": { "number": 1.5 },
            "dimmable": { "text": "yes" }, "released": { "text": "2020-01-02" },
        },
        "variants": [{ "sku": "LU 100", "gtins": ["4006381333931"],
            "prices": [{ "amount": { "currencyCode": "EUR", "units": "19", "nanos": 990_000_000 } }] }],
    } });
    assert_eq!(lines[0], lamp);
    let second = &lines[1]["product"]["variants"][0];
    assert_eq!(second["sku"], "icecat-8");
    assert_eq!(second["prices"], json!([{ "amount": { "currencyCode": "EUR", "units": "20" } }]));

    let pair = Pair::start().await;
    let loaded = load(&pair, folder.path(), &text).await;
    let printed = "2 products loaded, 0 were there already, 0 lines faulty";
    assert_eq!(loaded, (Some(0), printed.to_owned()));
}
