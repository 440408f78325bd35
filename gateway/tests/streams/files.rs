//! `google.api.HttpBody`: bytes of any type, both ways, whole and in pieces.

use bytes::Bytes;
use rstest::rstest;
use tonic::Status;

use crate::{
    house::{House, chunks, get, request},
    messages::{FileRequest, HttpBody, Imported, WriteRequest, file},
};

#[rstest]
#[case("image/png", "image/png")]
#[case("", "application/octet-stream")]
#[case("bad\ntype", "application/octet-stream")]
#[tokio::test]
async fn a_file_is_read_as_it_is_whatever_accept_says(#[case] told: &str, #[case] sent: &str) {
    for mut house in [House::open().await, House::in_process().await] {
        let asking = house.ask(get("/v1/files/a", &[("accept", "image/webp")]));
        let mut call = house.call().await;
        assert_eq!(call.asked::<FileRequest>().await.unwrap().name, "files/a");
        call.answer(&file(told, b"{\"not\": json")).await;
        let answer = asking.answer().await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, sent));
        assert_eq!(
            (answer.header("x-content-type-options"), answer.header("content-length")),
            ("nosniff", "12")
        );
        assert_eq!(answer.text().await, "{\"not\": json");
    }
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let mut house = House::open().await;
    let asking = house.ask(get("/v1/files/a", &[]));
    house.call().await.answer(&HttpBody::default()).await;
    let answer = asking.answer().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-length")), (200, "0"));
    let asking = house.ask(get("/v1/files/a:download", &[]));
    house.call().await.begin();
    let answer = asking.answer().await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("content-type")),
        (200, "application/octet-stream")
    );
    assert_eq!(answer.text().await, "");
}

#[tokio::test]
async fn a_file_is_written_as_it_came_with_its_type() {
    for mut house in [House::open().await, House::in_process().await] {
        let headers = [("content-type", "text/csv; charset=utf-8")];
        let asking = house.ask(request("POST", "/v1/files/a", &headers, "a;b\n"));
        let mut call = house.call().await;
        let written: WriteRequest = call.asked().await.unwrap();
        assert_eq!(written.name, "files/a");
        assert_eq!(written.file, Some(file("text/csv; charset=utf-8", b"a;b\n")));
        call.answer(&Imported { count: 4 }).await;
        assert_eq!(asking.answer().await.text().await, r#"{"count":4}"#);
    }
}

#[tokio::test]
async fn a_download_has_the_type_of_its_first_piece_and_its_data_joined() {
    for mut house in [House::open().await, House::in_process().await] {
        let asking = house.ask(get("/v1/files/a:download", &[("accept", "text/html")]));
        let mut call = house.call().await;
        call.say(&file("image/png", b"abc")).await;
        let mut answer = asking.answer().await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "image/png"));
        answer.until("abc").await;
        for piece in [file("", b""), file("text/html", b"def")] {
            call.say(&piece).await;
        }
        drop(call);
        assert_eq!(answer.text().await, "abcdef");
    }
}

#[rstest]
#[case(false)]
#[case(true)]
#[tokio::test]
async fn a_download_that_fails_is_broken_off_and_before_its_first_piece_is_a_plain_error(
    #[case] http2: bool,
) {
    let mut house = House::open().await;
    let ask = |house: &House| match http2 {
        true => house.ask_by_http2(get("/v1/files/a:download", &[])),
        false => house.ask(get("/v1/files/a:download", &[])),
    };
    let asking = ask(&house);
    let mut call = house.call().await;
    call.say(&file("image/png", b"abc")).await;
    let mut answer = asking.answer().await;
    answer.until("abc").await;
    call.fail(Status::data_loss("half of it")).await;
    assert!(answer.breaks_off().await);
    let asking = ask(&house);
    let mut call = house.call().await;
    call.begin();
    call.fail(Status::not_found("no such file")).await;
    assert_eq!(asking.answer().await.status, 404);
}

#[tokio::test]
async fn an_upload_is_a_message_a_piece_and_the_first_tells_name_and_type() {
    for mut house in [House::open().await, House::in_process().await] {
        let headers = [("content-type", "image/png")];
        let body = chunks([Bytes::from_static(b"abc"), vec![b'x'; 100_000].into()]);
        let asking = house.ask(request("POST", "/v1/files/a:upload", &headers, body));
        let mut call = house.call().await;
        let (mut names, mut types, mut data) = (Vec::new(), Vec::new(), Vec::new());
        while let Some(piece) = call.asked::<WriteRequest>().await {
            let file = piece.file.unwrap();
            assert!(file.data.len() <= 64 << 10);
            names.push(piece.name);
            types.push(file.content_type);
            data.extend(file.data);
        }
        assert_eq!((names.remove(0).as_str(), types.remove(0).as_str()), ("files/a", "image/png"));
        assert!(names.len() > 1 && names.iter().chain(&types).all(String::is_empty));
        assert_eq!((&data[..3], data.len()), (&b"abc"[..], 100_003));
        call.answer(&Imported { count: 1 }).await;
        assert_eq!(asking.answer().await.text().await, r#"{"count":1}"#);
    }
}

#[tokio::test]
async fn the_upload_of_an_empty_file_is_one_message_that_names_it() {
    let mut house = House::open().await;
    let asking = house.ask(request("POST", "/v1/files/a:upload", &[], ""));
    let mut call = house.call().await;
    assert_eq!(call.asked::<WriteRequest>().await.unwrap().name, "files/a");
    assert!(call.asked::<WriteRequest>().await.is_none());
    call.answer(&Imported { count: 1 }).await;
    assert_eq!(asking.answer().await.status, 200);
}
