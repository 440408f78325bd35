//! Light or dark: a form that sets a cookie, so that it needs no script and never flashes.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};

use super::{
    fields::Fields,
    trouble::{Trouble, see_other},
    visit::cookie,
};
use crate::session::ReturnTo;

const COOKIE: &str = "theme";

/// What the visitor wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the browser says.
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    /// All of them, in the order of the buttons.
    pub(crate) const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The theme in a request's cookie.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        cookie(headers, COOKIE).and_then(Self::parse).unwrap_or_default()
    }

    fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.key() == key)
    }

    /// Its name in the cookie and the form.
    pub(crate) fn key(&self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Its name on the button.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Auto => "Automatic",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// Its key, unless the browser decides.
    pub(crate) fn forced(&self) -> Option<&'static str> {
        (*self != Self::Auto).then(|| self.key())
    }

    /// What `<meta name="color-scheme">` says.
    pub(crate) fn scheme(&self) -> &'static str {
        match self {
            Self::Auto => "light dark",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// `POST /theme`.
pub(crate) async fn choose(fields: Fields) -> Result<Response, Trouble> {
    let theme = Theme::parse(fields.get("theme")).unwrap_or_default();
    let back = ReturnTo::parse(fields.get("return_to"));
    let mut response = see_other(back.as_ref().map_or("/", ReturnTo::as_str));
    let age = if theme == Theme::Auto { 0 } else { 60 * 60 * 24 * 365 };
    let cookie = format!("{COOKIE}={}; Path=/; SameSite=Lax; HttpOnly; Max-Age={age}", theme.key());
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
