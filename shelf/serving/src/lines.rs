//! Events as JSON, one object a line: time, level, what the event says, the span that it happened in, and where it is from.
//!
//! Every request is one line, so a line is written into one buffer that is kept, and nothing is built for it.

use std::{
    cell::RefCell,
    error::Error,
    fmt::{self, Write as _},
    io::Write as _,
};

use jiff::Timestamp;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    fmt::MakeWriter,
    layer::{Context, Layer},
    registry::LookupSpan,
};

/// Room for what a span says.
const SPAN: usize = 96;

/// A line that is longer gives its buffer back.
const KEPT: usize = 8 << 10;

thread_local! {
    static LINE: RefCell<String> = const { RefCell::new(String::new()) };
    static SECOND: RefCell<Second> = const { RefCell::new(Second { number: 0, text: String::new() }) };
}

/// The last second in which this thread has written, as text up to its fraction: a new one is put into words only when it has
/// begun.
struct Second {
    number: i64,
    text: String,
}

impl Second {
    /// Appends the time (RFC 3339), to the microsecond.
    fn put(&mut self, now: Timestamp, line: &mut String) {
        if self.number != now.as_second() || self.text.is_empty() {
            self.number = now.as_second();
            self.text = Timestamp::from_second(self.number).unwrap_or_default().to_string();
            self.text.pop();
        }
        line.push_str(&self.text);
        // Of 1,000,000 and the microseconds, the digits behind the first.
        let micros = 1_000_000 + now.subsec_microsecond().unsigned_abs();
        line.push('.');
        line.push_str(&itoa::Buffer::new().format(micros)[1..]);
        line.push('Z');
    }
}

/// Writes the lines to whatever `W` makes.
#[derive(Clone, Debug)]
pub struct Lines<W> {
    writer: W,
    now: fn() -> Timestamp,
}

impl<W> Lines<W> {
    /// Lines that tell the time by a clock.
    pub fn to(writer: W, now: fn() -> Timestamp) -> Self {
        Self { writer, now }
    }
}

/// The members that a span adds to the lines of its events.
struct Members(String);

impl<S, W> Layer<S> for Lines<W>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    W: for<'w> MakeWriter<'w> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut members = String::with_capacity(SPAN);
        put_member(&mut members, "name", span.name());
        attributes.record(&mut Fields::of(&mut members));
        span.extensions_mut().insert(Members(members));
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(Members(members)) = span.extensions_mut().get_mut() {
            record.record(&mut Fields::of(members));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        LINE.with(|line| {
            // An event while a value is being formatted gets a buffer of its own.
            match line.try_borrow_mut() {
                Ok(mut line) => self.write(event, &context, &mut line),
                Err(_) => self.write(event, &context, &mut String::new()),
            }
        });
    }
}

impl<W: for<'w> MakeWriter<'w> + 'static> Lines<W> {
    fn write<S>(&self, event: &Event<'_>, context: &Context<'_, S>, line: &mut String)
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        line.clear();
        line.push_str("{\"timestamp\":\"");
        SECOND.with_borrow_mut(|second| second.put((self.now)(), line));
        line.push('"');
        put_member(line, "level", event.metadata().level().as_str());
        let mut fields = Fields::of(line);
        event.record(&mut fields);
        // What comes by way of the crate `log` says itself where it is from.
        let target = fields.target.take();
        put_member(line, "target", target.as_deref().unwrap_or(event.metadata().target()));
        if let Some(span) = context.event_span(event)
            && let Some(Members(members)) = span.extensions().get()
        {
            line.push_str(",\"span\":{");
            line.push_str(members.strip_prefix(',').unwrap_or(members));
            line.push('}');
        }
        line.push_str("}\n");
        // Nobody can be told that the log takes nothing.
        let _ = self.writer.make_writer_for(event.metadata()).write_all(line.as_bytes());
        if line.capacity() > KEPT {
            *line = String::new();
        }
    }
}

/// Appends the fields of an event, each behind a comma.
struct Fields<'l> {
    line: &'l mut String,
    target: Option<String>,
}

impl<'l> Fields<'l> {
    fn of(line: &'l mut String) -> Self {
        Self { line, target: None }
    }

    /// Appends a value that JSON has no quotes around.
    fn put(&mut self, field: &Field, value: &str) {
        put_name(self.line, field.name());
        self.line.push_str(value);
    }

    fn put_text(&mut self, field: &Field, value: impl fmt::Display) {
        match field.name() {
            "log.target" => self.target = Some(value.to_string()),
            name if name.starts_with("log.") => {}
            name => {
                put_name(self.line, name);
                self.line.push('"');
                let _ = write!(Escaped(self.line), "{value}");
                self.line.push('"');
            }
        }
    }
}

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        match value.is_finite() {
            true => {
                let mut buffer = zmij::Buffer::new();
                let number = buffer.format_finite(value);
                self.put(field, number.strip_suffix(".0").unwrap_or(number));
            }
            false => self.put(field, "null"),
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, itoa::Buffer::new().format(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, itoa::Buffer::new().format(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, if value { "true" } else { "false" });
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            name if name.starts_with("log.") => self.put_text(field, value),
            name => put_member(self.line, name, value),
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.put_text(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put_text(field, format_args!("{value:?}"));
    }
}

fn put_name(line: &mut String, name: &str) {
    line.push_str(",\"");
    line.push_str(name.strip_prefix("r#").unwrap_or(name));
    line.push_str("\":");
}

fn put_member(line: &mut String, name: &str, text: &str) {
    put_name(line, name);
    line.push('"');
    let _ = Escaped(line).write_str(text);
    line.push('"');
}

/// The inside of a JSON string (RFC 8259, 7).
struct Escaped<'l>(&'l mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        let special = |byte: u8| byte < 0x20 || matches!(byte, b'"' | b'\\');
        // Nearly always there is nothing to escape, which many bytes at a time are asked for.
        if !text.bytes().fold(false, |any, byte| any | special(byte)) {
            self.0.push_str(text);
            return Ok(());
        }
        while let Some(at) = rest.bytes().position(special) {
            self.0.push_str(&rest[..at]);
            match rest.as_bytes()[at] {
                b'\n' => self.0.push_str("\\n"),
                byte @ (b'"' | b'\\') => self.0.extend(['\\', char::from(byte)]),
                byte => write!(self.0, "\\u{byte:04x}")?,
            }
            rest = &rest[at + 1..];
        }
        self.0.push_str(rest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use serde_json::{Value, json};

    use super::*;
    use crate::Kept;

    /// What is written meanwhile, by a clock.
    fn written(now: fn() -> Timestamp, log: impl FnOnce()) -> String {
        let kept = Kept::default();
        tracing::subscriber::with_default(kept.keeping_by(now), log);
        kept.text()
    }

    /// The lines that are written meanwhile, without their times.
    fn lines(log: impl FnOnce()) -> Vec<Value> {
        let written = written(Timestamp::default, log);
        let parsed = written.lines().map(|line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            let time = line.as_object_mut().unwrap().remove("timestamp").unwrap();
            let time: Result<jiff::Timestamp, _> = time.as_str().unwrap().parse();
            assert!(time.is_ok());
            line
        });
        parsed.collect()
    }

    #[test]
    fn a_line_tells_the_time_of_the_clock_to_the_microsecond() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        const TIMES: [&str; 5] = [
            "2026-11-30T00:20:36.000000Z",
            "2026-11-30T00:20:36.000041Z",
            "2026-11-30T00:20:36.999999Z",
            "2026-11-30T00:20:37.012345Z",
            // A clock that is set back.
            "2026-11-30T00:20:36.500000Z",
        ];
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let now = || TIMES[NEXT.fetch_add(1, Ordering::Relaxed)].parse().unwrap();
        let written = written(now, || TIMES.iter().for_each(|_| tracing::info!("now")));
        let told = written.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let told: Vec<_> = told.map(|line| line["timestamp"].clone()).collect();
        assert_eq!(told, TIMES);
    }

    #[test]
    fn a_line_says_all_that_the_event_says_in_the_types_it_has() {
        let text = "a \"quoted\" \\ line\n\u{1}é";
        let error = io::Error::other("it \"broke\"");
        let written = lines(|| {
            let error: &(dyn Error + 'static) = &error;
            tracing::warn!(text, count = 7_u16, below = -7, ms = 0.25, yes = true, error, kind = ?Some(1), none = f64::NAN, r#type = %"t", "what {} said", "it");
        });
        let expected = json!({
            "level": "WARN", "message": "what it said", "text": text, "count": 7, "below": -7, "ms": 0.25, "yes": true,
            "error": "it \"broke\"", "kind": "Some(1)", "none": null, "type": "t", "target": module_path!(),
        });
        assert_eq!(written, [expected]);
    }

    #[test]
    fn a_line_within_a_span_says_what_the_span_says() {
        let written = lines(|| {
            let span = tracing::info_span!("call", id = "a", found = tracing::field::Empty);
            let _entered = span.enter();
            tracing::info!("first");
            span.record("found", 2);
            tracing::info!("second");
        });
        let spans: Vec<&Value> = written.iter().map(|line| &line["span"]).collect();
        let found = json!({"name": "call", "id": "a", "found": 2});
        assert_eq!(spans, [&json!({"name": "call", "id": "a"}), &found]);
    }

    #[test]
    fn an_event_within_an_event_is_a_line_of_its_own() {
        struct Loud;
        impl fmt::Display for Loud {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                tracing::info!("inner");
                f.write_str("loud")
            }
        }
        let written = lines(|| tracing::info!(value = %Loud, "outer"));
        let said: Vec<&Value> = written.iter().map(|line| &line["message"]).collect();
        // A subscriber takes no event from within another.
        assert_eq!((said, &written[0]["value"]), (vec![&json!("outer")], &json!("loud")));
    }
}
