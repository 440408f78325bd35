//! PINGs and the age of a connection, by a clock that moves on when nothing else is left to do.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

use super::*;

const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const ACK: u8 = 1;

/// A client of HTTP/2 that reads and writes frames by itself.
struct Client(DuplexStream);

impl Client {
    /// A connection over memory, within the limits that every connection has.
    async fn connect() -> Self {
        let (client, server) = duplex(64 << 10);
        tokio::spawn(async move {
            let service =
                service_fn(|_| async { Ok::<_, Infallible>(Response::new(Body::empty())) });
            let (at_once, line) = (AtOnce::default(), Gather::new(server));
            let http = builder(at_once.clone(), &Limits::default());
            let connection = pin!(http.serve_connection(TokioIo::new(line.clone()), service));
            // However it ends, the client sees it.
            let _ended = at_once.drive(connection, &line).await;
        });
        let mut client = Self(client);
        client.0.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
        client.send(SETTINGS, 0, &[]).await;
        client
    }

    async fn send(&mut self, kind: u8, flags: u8, content: &[u8]) {
        let mut frame = vec![0, 0, content.len() as u8, kind, flags, 0, 0, 0, 0];
        frame.extend_from_slice(content);
        self.0.write_all(&frame).await.unwrap();
    }

    /// The flags and the content of the next frame of a kind; none: the connection has ended before.
    async fn next_of(&mut self, wanted: u8) -> Option<(u8, Vec<u8>)> {
        loop {
            let mut head = [0; 9];
            self.0.read_exact(&mut head).await.ok()?;
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut content = vec![0; length as usize];
            self.0.read_exact(&mut content).await.ok()?;
            if head[3] == wanted {
                return Some((head[4], content));
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_is_asked_every_20_seconds_whether_it_is_still_there() {
    let begun = Instant::now();
    let mut client = Client::connect().await;
    client.next_of(SETTINGS).await.unwrap();
    for times in 1..=5 {
        let (flags, content) = client.next_of(PING).await.unwrap();
        assert_eq!(flags, 0, "it is asked, not answered");
        assert_eq!(begun.elapsed().as_secs(), 20 * times);
        client.send(PING, ACK, &content).await;
    }
    // This one is not answered.
    client.next_of(PING).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 120);
    assert_eq!(client.next_of(PING).await, None, "it is let go");
    assert_eq!(begun.elapsed().as_secs(), 140);
}

#[tokio::test(start_paused = true)]
async fn who_answers_in_the_last_moment_is_kept() {
    let begun = Instant::now();
    let mut client = Client::connect().await;
    let (_, content) = client.next_of(PING).await.unwrap();
    let answer = begun + Duration::from_millis(39_999);
    let goaway = tokio::time::timeout_at(answer, client.next_of(GOAWAY)).await;
    assert!(goaway.is_err(), "it was let go after {:?}", begun.elapsed());
    client.send(PING, ACK, &content).await;
    assert!(client.next_of(PING).await.is_some(), "it is asked again");
}

#[test]
fn connections_live_within_a_tenth_of_their_age_and_not_all_as_long() {
    let age = Limits::default().times.age;
    assert_eq!(age, Duration::from_secs(30 * 60));
    let ages: Vec<_> = (0..300).map(|_| lifetime(age).as_secs_f64() / age.as_secs_f64()).collect();
    assert!(ages.iter().all(|age| (0.9..=1.1).contains(age)), "{ages:?}");
    let some_are = |part: std::ops::Range<f64>| ages.iter().any(|age| part.contains(age));
    assert!(some_are(0.9..0.95) && some_are(0.95..1.05) && some_are(1.05..1.1), "{ages:?}");
}
