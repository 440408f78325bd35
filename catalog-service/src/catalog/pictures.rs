//! Where pictures may be: with the shop itself, or on the one host that is set for them. Pages may load them from nowhere else.

use super::{Catalog, Error, Result};
use crate::domain::{Image, NewProduct, ProductAction, ProductChange, Refusal, Violations};

impl Catalog {
    /// Refuses new products with pictures from elsewhere, all of them at once.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] by the index of the product.
    pub(super) fn check_pictures_of_new(&self, products: &[NewProduct]) -> Result<()> {
        self.check_pictures(products.iter().map(|product| product.fields.images.as_slice()))
    }

    /// Refuses changes that bring pictures from elsewhere, all of them at once.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] by the index of the change.
    pub(super) fn check_pictures_of_changes(&self, changes: &[ProductChange]) -> Result<()> {
        self.check_pictures(changes.iter().map(|change| match &change.action {
            ProductAction::Update { fields, .. } => fields.images.as_slice(),
            _ => &[],
        }))
    }

    fn check_pictures<'a>(&self, items: impl Iterator<Item = &'a [Image]>) -> Result<()> {
        let refused = items.enumerate().filter_map(|(item, images)| {
            Some((item, Refusal::Invalid(self.pictures_from_elsewhere(images).finish().err()?)))
        });
        let refused: Vec<_> = refused.collect();
        if refused.is_empty() { Ok(()) } else { Err(Error::Batch(refused)) }
    }

    /// Which of the pictures of a product are from elsewhere.
    pub(super) fn pictures_from_elsewhere(&self, images: &[Image]) -> Violations {
        let host = self.picture_host.as_deref();
        let mut violations = Violations::default();
        for (index, image) in images.iter().enumerate() {
            if !is_allowed(&image.uri, host) {
                violations.add(format!("product.images[{index}].uri"), rule(host));
            }
        }
        violations
    }
}

fn is_allowed(uri: &str, host: Option<&str>) -> bool {
    let Some(rest) = uri.strip_prefix("https://") else { return uri.starts_with("/pictures/") };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.is_some_and(|host| authority.eq_ignore_ascii_case(host))
}

fn rule(host: Option<&str>) -> String {
    match host {
        Some(host) => format!("must start with `/pictures/` or `https://{host}/`"),
        None => "must start with `/pictures/`; no other host is set for pictures".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_the_shops_own_or_on_the_host_that_is_set() {
        let host = Some("pictures.example");
        for (uri, with_host, without) in [
            ("/pictures/kettle.svg", true, true),
            ("https://pictures.example/kettle.svg", true, false),
            ("https://Pictures.Example?kettle", true, false),
            ("https://pictures.example:8443/kettle.svg", false, false),
            ("https://pictures.example.evil.example/kettle.svg", false, false),
            ("https://pictures.example@evil.example/kettle.svg", false, false),
            ("https://evil.example/pictures.example", false, false),
            ("https://evil.example#pictures.example", false, false),
            ("http://pictures.example/kettle.svg", false, false),
            ("//pictures.example/kettle.svg", false, false),
            ("kettle.svg", false, false),
        ] {
            assert_eq!(
                (is_allowed(uri, host), is_allowed(uri, None)),
                (with_host, without),
                "{uri}"
            );
        }
    }
}
