//! How answers may be used: one set of response headers a kind, made at start.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{Kind, Visit};
use crate::config::Settings;

type Set = Vec<(HeaderName, HeaderValue)>;

/// Header names that the `http` crate has no constant for.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// The headers of every answer, and those of each kind.
#[derive(Debug)]
pub(super) struct Sets {
    every: Set,
    page: Set,
    api: Set,
    picture: Set,
}

impl Sets {
    pub(super) fn new(settings: &Settings) -> Self {
        let fixed = HeaderValue::from_static;
        let mut every = vec![
            (header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
            // Not `no-referrer`: with it Chromium sends `Origin: null` on our own forms.
            (header::REFERRER_POLICY, fixed("same-origin")),
            (RESOURCE_POLICY, fixed("same-origin")),
        ];
        if settings.origin.is_https() {
            let forever = fixed("max-age=63072000; includeSubDomains");
            every.push((header::STRICT_TRANSPORT_SECURITY, forever));
        }
        let page = vec![
            (header::CONTENT_SECURITY_POLICY, page_policy(settings)),
            (OPENER_POLICY, fixed("same-origin")),
            (PERMISSIONS_POLICY, fixed("camera=(), microphone=(), geolocation=(), payment=()")),
            (header::VARY, fixed("Cookie, Accept-Encoding")),
        ];
        let nothing = fixed("default-src 'none'; frame-ancestors 'none'");
        let api = vec![
            (header::CONTENT_SECURITY_POLICY, nothing),
            (header::VARY, fixed("Accept, Accept-Encoding")),
            (header::CACHE_CONTROL, fixed("private, no-cache")),
        ];
        // A picture opened on its own is a document: it runs nothing and reaches nothing.
        let sandbox = fixed("default-src 'none'; style-src 'unsafe-inline'; sandbox");
        let picture = vec![(header::CONTENT_SECURITY_POLICY, sandbox)];
        Self { every, page, api, picture }
    }

    /// Adds the headers of the visit's kind; one that the answer has already stays as it is.
    pub(super) fn put_on(&self, visit: &Visit, headers: &mut HeaderMap) {
        let of_kind = match visit.kind() {
            Kind::Page => {
                let cache = if visit.has_session() { "private, no-cache" } else { "no-cache" };
                headers
                    .entry(header::CACHE_CONTROL)
                    .or_insert_with(|| HeaderValue::from_static(cache));
                self.page.as_slice()
            }
            Kind::Api | Kind::Description => &self.api,
            Kind::Picture => &self.picture,
            Kind::Relay | Kind::Asset | Kind::Health => &[],
        };
        for (name, value) in self.every.iter().chain(of_kind) {
            headers.entry(name).or_insert_with(|| value.clone());
        }
    }
}

/// Nothing inline and nothing foreign, but pictures of the configured host.
fn page_policy(settings: &Settings) -> HeaderValue {
    let pictures = match &settings.picture_host {
        Some(host) => format!("'self' https://{host}"),
        None => "'self'".to_owned(),
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src {pictures}; font-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}
