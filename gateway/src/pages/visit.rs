//! One visit of a page: who asks, for what, in which theme, with which message left by the action before.
//!
//! It fetches what every page shows around its own content, and turns a finished template into an answer.

use std::convert::Infallible;

use askama::Template;
use axum::{
    extract::FromRequestParts,
    response::{Html, IntoResponse as _, Response},
};
use http::{HeaderMap, Method, StatusCode, header, request::Parts};
use jiff::Timestamp;
use proto::{
    access::{GetSessionRequest, Role, Session},
    catalog::{GetShopRequest, Shop},
};

use super::{
    chrome::{Chrome, Links, Who},
    flash::{self, Flash},
    lang::Lang,
    locale,
    names::request_id,
    storefront::resume_token,
    theme::Theme,
    trouble::Trouble,
    words,
};
use crate::{
    app::Gateway,
    clock,
    session::{Caller, last_user},
};

/// What a page's handler receives: an extractor that cannot fail.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) gateway: Gateway,
    pub(crate) caller: Caller,
    /// The page to come back to, with its query: this one, or the one that holds the form that was sent.
    pub(crate) here: String,
    /// Path and query as the browser sent them.
    pub(crate) target: String,
    pub(crate) now: Timestamp,
    /// The mark of the one who was signed in last in this browser; empty when that is not known.
    pub(crate) last_user: String,
    theme: Theme,
    /// Whether a form was sent.
    is_answer: bool,
    flash: Option<Flash>,
}

impl Visit {
    /// What stands around a page of the shop. It is the same for everybody.
    pub(crate) fn shop_chrome(&self, shop: &Shop) -> Chrome {
        Chrome {
            shop: shop.display_name.clone(),
            lang: Lang::of(&shop.default_language),
            locale: locale::of(&shop.default_language),
            theme: self.theme,
            is_answer: self.is_answer,
            here: self.here.clone(),
            searched: String::new(),
            who: None,
            flash: None,
            links: Links::storefront(&self.gateway),
        }
    }

    /// What stands around a page when nothing may be asked of the service.
    pub(crate) fn bare_chrome(&self) -> Chrome {
        let chrome = bare_chrome(&self.gateway, self.theme, &self.here);
        Chrome { is_answer: self.is_answer, ..chrome }
    }

    /// What stands around a page of the admin, which only those who are signed in see.
    pub(crate) async fn admin_chrome(&self) -> Result<Chrome, Trouble> {
        Ok(self.admin_chrome_at().await?.0)
    }

    /// The same with the shop, and from where in the feed of changes whoever reads more after it has to go on to miss nothing.
    pub(crate) async fn admin_chrome_at(&self) -> Result<(Chrome, Shop, String), Trouble> {
        if !self.caller.has_session() {
            return Err(Trouble::SignedOut);
        }
        let (mut shops, mut sessions) = (self.caller.shop(), self.caller.sessions());
        let (shop, session, flash) = tokio::try_join!(
            async { Ok(shops.get_shop(GetShopRequest { name: "shop".into() }).await?) },
            async {
                let own = GetSessionRequest { name: "sessions/-".into() };
                Ok::<_, Trouble>(sessions.get_session(own).await?)
            },
            async { Ok(flash::shown(self, self.flash.as_ref()).await) },
        )?;
        let token = resume_token(shop.metadata());
        let shop = shop.into_inner();
        let chrome = Chrome {
            lang: Lang::of(&shop.default_language),
            locale: locale::of(&shop.default_language),
            shop: shop.display_name.clone(),
            theme: self.theme,
            is_answer: self.is_answer,
            here: self.here.clone(),
            searched: String::new(),
            who: Some(who(&session.into_inner(), self.now)),
            flash,
            links: Links::admin(&self.gateway),
        };
        Ok((chrome, shop, token))
    }

    /// The same around a page for those who manage the shop.
    pub(crate) async fn manager_chrome(&self) -> Result<Chrome, Trouble> {
        let chrome = self.admin_chrome().await?;
        if chrome.who.as_ref().is_some_and(|who| who.is_admin) {
            return Ok(chrome);
        }
        Err(Trouble::from(tonic::Status::permission_denied("this page is for admins")))
    }

    /// The same visit by the one who has just signed in with this token.
    pub(crate) fn signed_in(&self, token: &str) -> Self {
        Self { caller: self.caller.signed_in(token), ..self.clone() }
    }

    /// Why the last action was not done to a product among many, in a sentence; empty when it was, or was not asked for.
    pub(crate) fn refusal(&self, id: &str) -> String {
        let reason = self.flash.as_ref().and_then(|flash| flash.refusal(id));
        reason.map(|reason| words::of(reason, &[])).unwrap_or_default()
    }

    /// A finished page.
    pub(crate) fn page(&self, template: &impl Template) -> Result<Response, Trouble> {
        self.page_with(StatusCode::OK, template)
    }

    /// A finished page with another status, such as a form that was refused.
    pub(crate) fn page_with(
        &self,
        status: StatusCode,
        template: &impl Template,
    ) -> Result<Response, Trouble> {
        let html = template.render().map_err(|error| {
            tracing::error!(error = %error, "could not render a page");
            Trouble::from(tonic::Status::internal("the page could not be rendered"))
        })?;
        let mut response = (status, Html(html)).into_response();
        if self.flash.is_some() {
            response.headers_mut().append(header::SET_COOKIE, flash::seen());
        }
        Ok(response)
    }

    /// The public address of a path.
    pub(crate) fn canonical(&self, path: &str) -> String {
        self.gateway.origin().url(path)
    }
}

/// What stands around a page of which nothing is known but the request.
pub(crate) fn bare_chrome(gateway: &Gateway, theme: Theme, here: &str) -> Chrome {
    Chrome {
        shop: "Shelf".to_owned(),
        lang: Lang::default(),
        locale: locale::english(),
        theme,
        is_answer: false,
        here: here.to_owned(),
        searched: String::new(),
        who: None,
        flash: None,
        links: Links::shop(gateway),
    }
}

/// What the pages know of a session.
pub(crate) fn who(session: &Session, now: Timestamp) -> Who {
    let user = session.user.clone().unwrap_or_default();
    let may_edit = matches!(user.role(), Role::Editor | Role::Admin);
    let is_admin = user.role() == Role::Admin;
    let ends = session.expire_time.as_ref().map_or(0, |at| at.seconds - now.as_second());
    Who {
        user: user.name,
        name: user.display_name,
        may_edit,
        is_admin,
        left: ends.max(0),
        sign_out_id: request_id(),
    }
}

/// The page that holds the form behind an action's address: an action itself can only be sent to.
pub(crate) fn form_page(target: &str) -> &str {
    let path = target.split('?').next().unwrap_or(target);
    if path.starts_with("/admin/account/") {
        return "/admin/account";
    }
    let one = ["/admin/products/", "/admin/categories/", "/admin/users/"];
    let Some(rest) = one.iter().find_map(|folder| path.strip_prefix(folder)) else { return path };
    let id = rest.split('/').next().unwrap_or(rest);
    path.get(..path.len() - rest.len() + id.len()).unwrap_or(path)
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| name.trim() == wanted).map(|(_, value)| value.trim())
}

impl FromRequestParts<Gateway> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Infallible> {
        let caller = Caller::from_request_parts(parts, gateway).await?;
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let here = if parts.method == Method::POST { form_page(&target) } else { &target };
        Ok(Self {
            gateway: gateway.clone(),
            caller,
            here: here.to_owned(),
            target,
            now: clock::now(),
            last_user: last_user::from_headers(&parts.headers).to_owned(),
            theme: Theme::of(&parts.headers),
            is_answer: parts.method == Method::POST,
            flash: Flash::of(&parts.headers),
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/admin/products/mug/save", "/admin/products/mug")]
    #[case("/admin/products/mug/variants/white/save?x=1", "/admin/products/mug")]
    #[case("/admin/users/ada/password", "/admin/users/ada")]
    #[case("/admin/account/sessions/s1/end", "/admin/account")]
    #[case("/admin/new-product", "/admin/new-product")]
    #[case("/admin/sign-in", "/admin/sign-in")]
    #[case("/theme", "/theme")]
    fn an_action_belongs_to_a_page(#[case] target: &str, #[case] page: &str) {
        assert_eq!(form_page(target), page);
    }
}
