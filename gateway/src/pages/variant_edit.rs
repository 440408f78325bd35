//! What the small forms of the variants do: add, save, remove.

use axum::{extract::Path, response::Response};
use http::StatusCode;
use proto::catalog::{CreateVariantRequest, DeleteVariantRequest, UpdateVariantRequest, Variant};

use super::{
    editor::{
        self, Typed, TypedVariant, VariantEntries, mask, merge_variant, product_name, refusal,
    },
    fields::Fields,
    flash::{self, Done},
    names::is_id,
    problems::Problems,
    trouble::{Trouble, see_other},
    visit::Visit,
};

/// `POST /admin/products/{id}/variants`.
pub(crate) async fn create(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let parent = product_name(&id)?;
    let form = Form::sent(&visit, &id, "new", &fields);
    let variant = match form.entries.read() {
        Ok(variant) => variant,
        Err(found) => {
            return form.refused(StatusCode::UNPROCESSABLE_ENTITY, Problems::found(found)).await;
        }
    };
    let request = CreateVariantRequest {
        parent,
        variant_id: String::new(),
        variant: Some(variant),
        request_id: fields.get("request_id").to_owned(),
        validate_only: false,
    };
    match visit.caller.variants().create_variant(request).await {
        Ok(_) => Ok(flash::leave(back(&id, "variants"), Done::VariantCreated, &id)),
        Err(status) => {
            let status = Trouble::from(status).in_place()?;
            form.refused(refusal(status.code()), Problems::of_status(&status)).await
        }
    }
}

/// `POST /admin/products/{id}/variants/{variant}/save`.
pub(crate) async fn save(
    visit: Visit,
    Path((id, variant)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let name = variant_name(&id, &variant)?;
    let form = Form::sent(&visit, &id, &variant, &fields);
    let meant = match form.entries.read() {
        Ok(meant) => meant,
        Err(found) => {
            return form.refused(StatusCode::UNPROCESSABLE_ENTITY, Problems::found(found)).await;
        }
    };
    let request = UpdateVariantRequest {
        variant: Some(Variant { name, etag: fields.get("etag").to_owned(), ..meant }),
        update_mask: Some(mask(["sku", "gtins", "option_values", "prices"])),
        request_id: fields.get("request_id").to_owned(),
        validate_only: false,
    };
    match visit.caller.variants().update_variant(request).await {
        Ok(_) => {
            Ok(flash::leave(back(&id, &format!("variant-{variant}")), Done::VariantSaved, &id))
        }
        Err(status) => {
            let trouble = Trouble::from(status);
            if trouble.reason() == "ETAG_MISMATCH" {
                return merge_variant(&visit, &id, &variant, &form.entries, &fields).await;
            }
            let status = trouble.in_place()?;
            form.refused(refusal(status.code()), Problems::of_status(&status)).await
        }
    }
}

/// `POST /admin/products/{id}/variants/{variant}/delete`.
pub(crate) async fn delete(
    visit: Visit,
    Path((id, variant)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let request = DeleteVariantRequest {
        name: variant_name(&id, &variant)?,
        etag: fields.get("etag").to_owned(),
        request_id: fields.get("request_id").to_owned(),
        validate_only: false,
    };
    match visit.caller.variants().delete_variant(request).await {
        Ok(_) => Ok(flash::leave(back(&id, "variants"), Done::VariantDeleted, &id)),
        Err(status) => {
            let status = Trouble::from(status).in_place()?;
            let problems = Problems::of_status(&status);
            let typed = Typed { problems, ..Typed::default() };
            editor::answer(&visit, &id, refusal(status.code()), typed).await
        }
    }
}

/// One variant's form as it was sent.
struct Form<'a> {
    visit: &'a Visit,
    id: &'a str,
    variant: &'a str,
    etag: &'a str,
    entries: VariantEntries,
}

impl<'a> Form<'a> {
    fn sent(visit: &'a Visit, id: &'a str, variant: &'a str, fields: &'a Fields) -> Self {
        let entries = VariantEntries::sent(fields);
        Self { visit, id, variant, etag: fields.get("etag"), entries }
    }

    async fn refused(&self, status: StatusCode, problems: Problems) -> Result<Response, Trouble> {
        let typed = Typed {
            variant: Some(TypedVariant {
                id: self.variant.to_owned(),
                etag: self.etag.to_owned(),
                entries: self.entries.clone(),
            }),
            problems: problems.below(&format!("variant-{}-", self.variant)),
            ..Typed::default()
        };
        editor::answer(self.visit, self.id, status, typed).await
    }
}

fn variant_name(id: &str, variant: &str) -> Result<String, Trouble> {
    let product = product_name(id)?;
    if is_id(variant) {
        Ok(format!("{product}/variants/{variant}"))
    } else {
        Err(Trouble::NotFound)
    }
}

fn back(id: &str, place: &str) -> Response {
    see_other(&format!("/admin/products/{id}#{place}"))
}
