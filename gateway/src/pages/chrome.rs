//! What stands around every page: the shop's name, the theme, who is signed in, the message of the last action, the assets.

use super::{escaped::Escaped, flash::FlashView, lang::Lang, locale::Locale, theme::Theme};
use crate::app::Gateway;

/// What the layouts show.
#[derive(Clone, Debug)]
pub(crate) struct Chrome {
    /// The shop's name.
    pub(crate) shop: String,
    /// The language in which its products are written.
    pub(crate) lang: Lang,
    /// How that language prints amounts and numbers.
    pub(crate) locale: &'static Locale,
    pub(crate) theme: Theme,
    /// Whether it answers a form, whose values are on this page alone.
    pub(crate) is_answer: bool,
    /// This page's path and query, to come back to.
    pub(crate) here: String,
    /// What was searched for in the shop.
    pub(crate) searched: String,
    pub(crate) who: Option<Who>,
    pub(crate) flash: Option<FlashView>,
    pub(crate) links: Links,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    /// The resource name, by which the modules tell whether somebody else has signed in.
    pub(crate) user: String,
    pub(crate) name: String,
    /// How many seconds of the session are left unless it is used before.
    pub(crate) left: i64,
    /// Whether the role lets them change the catalog.
    pub(crate) may_edit: bool,
    /// By which the form that signs out has one effect, however often it is sent.
    pub(crate) sign_out_id: String,
    /// Whether they manage users, keys and the shop, and may delete for good.
    pub(crate) is_admin: bool,
}

/// Where styles, modules, font and icons are.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    pub(crate) stylesheet: String,
    pub(crate) font: String,
    pub(crate) icon: String,
    pub(crate) sprite: Escaped<'static>,
    pub(crate) main: String,
    /// The modules to fetch ahead.
    pub(crate) modules: Vec<String>,
}

impl Chrome {
    /// Whether the page is this one, whatever its query.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        let here = self.here.split('?').next().unwrap_or_default();
        here == path || here.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether the page is one of those by which an administrator manages the shop.
    pub(crate) fn is_in_settings(&self) -> bool {
        ["/admin/shop", "/admin/users", "/admin/new-user", "/admin/keys"]
            .iter()
            .any(|path| self.is_at(path))
    }

    /// With modules that this page starts fetched ahead.
    #[must_use]
    pub(crate) fn starting(self, gateway: &Gateway, modules: &[&str]) -> Self {
        Self { links: self.links.preloading(gateway, modules), ..self }
    }

    /// Whether the one who looks may change the catalog.
    pub(crate) fn may_edit(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.may_edit)
    }

    /// Whether the one who looks is an administrator.
    pub(crate) fn is_admin(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.is_admin)
    }
}

impl Links {
    /// For a page that needs one module.
    pub(crate) fn shop(gateway: &Gateway) -> Self {
        let assets = gateway.assets();
        Self {
            stylesheet: assets.stylesheet(),
            font: assets.url("fonts/bricolage-grotesque.woff2"),
            icon: assets.url("icons/icon.svg"),
            sprite: Escaped::of(assets.url("icons/sprite.svg")),
            main: assets.url("modules/main.js"),
            modules: Vec::new(),
        }
    }

    /// For the shop, with what suggests while one types in its search field.
    pub(crate) fn storefront(gateway: &Gateway) -> Self {
        Self::shop(gateway).preloading(gateway, &["suggest"])
    }

    /// For the admin, whose pages say which modules they start.
    pub(crate) fn admin(gateway: &Gateway) -> Self {
        Self::shop(gateway).preloading(gateway, &["main", "notices", "action-form"])
    }

    /// With modules, and all that they import, fetched ahead: none of them is found out late.
    #[must_use]
    fn preloading(mut self, gateway: &Gateway, names: &[&str]) -> Self {
        let assets = gateway.assets();
        for name in names {
            for address in assets.modules_of(&format!("modules/{name}.js")) {
                if !self.modules.contains(address) {
                    self.modules.push(address.clone());
                }
            }
        }
        self.modules.sort_unstable();
        self
    }
}
