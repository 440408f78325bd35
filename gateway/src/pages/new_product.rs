//! The page that creates a product: the editor's fields, and those of its first variant.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use proto::catalog::{CreateProductRequest, Product, Variant};

use super::{
    chrome::Chrome,
    editor::{Entries, ProductForm, VariantEntries, refusal, variant_fields},
    field::Field,
    fields::Fields,
    flash::{self, Done},
    names::{id_of, request_id},
    problems::Problems,
    storefront::surroundings,
    trouble::{Trouble, see_other},
    visit::Visit,
};

#[derive(Template)]
#[template(path = "admin/new-product.html")]
struct NewProductPage {
    chrome: Chrome,
    problems: Problems,
    request_id: String,
    variant: Vec<Field>,
    currencies: Vec<String>,
    form: ProductForm,
}

/// `GET /admin/new-product`.
pub(crate) async fn show(visit: Visit) -> Result<Response, Trouble> {
    answer(&visit, StatusCode::OK, &Entries::default(), None, Problems::none()).await
}

/// `POST /admin/new-product`.
pub(crate) async fn create(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    let (entries, variant) = (Entries::sent(&fields), VariantEntries::sent(&fields));
    let product = match read(&entries, &variant) {
        Ok(product) => product,
        Err(problems) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return answer(&visit, status, &entries, Some(variant), problems).await;
        }
    };
    let request = CreateProductRequest {
        product_id: String::new(),
        product: Some(product),
        request_id: fields.get("request_id").to_owned(),
        validate_only: false,
    };
    match visit.caller.products().create_product(request).await {
        Ok(created) => {
            let id = id_of(&created.get_ref().name).to_owned();
            Ok(flash::leave(see_other(&format!("/admin/products/{id}")), Done::Created, &id))
        }
        Err(status) => {
            let status = Trouble::from(status).in_place()?;
            let problems = Problems::of_status(&status);
            answer(&visit, refusal(status.code()), &entries, Some(variant), problems).await
        }
    }
}

fn read(entries: &Entries, variant: &VariantEntries) -> Result<Product, Problems> {
    let (product, variant) = (entries.read(), variant.read());
    match (product, variant) {
        (Ok(product), Ok(variant)) => Ok(Product { variants: first(&product, variant), ..product }),
        (product, variant) => {
            let mut found = variant.err().unwrap_or_default();
            found.extend(product.err().unwrap_or_default());
            Err(Problems::found(found))
        }
    }
}

/// The first variant takes the first value of each option.
fn first(product: &Product, variant: Variant) -> Vec<Variant> {
    let values = product.options.iter().filter_map(|option| option.values.first().cloned());
    vec![Variant { option_values: values.collect(), ..variant }]
}

async fn answer(
    visit: &Visit,
    status: StatusCode,
    entries: &Entries,
    variant: Option<VariantEntries>,
    problems: Problems,
) -> Result<Response, Trouble> {
    let chrome = visit.admin_chrome().await?.starting(&visit.gateway, &["editor"]);
    if !chrome.may_edit() {
        return Ok(see_other("/admin/products"));
    }
    let (shop, categories) = surroundings(&visit.caller).await?;
    let currency = &shop.default_currency;
    let variant = variant.unwrap_or_else(|| VariantEntries::of(&Variant::default(), currency));
    let page = NewProductPage {
        chrome,
        request_id: request_id(),
        variant: variant_fields(&variant, &[], "", "", &problems),
        currencies: variant.prices.iter().map(|price| price.currency.clone()).collect(),
        form: ProductForm::of(entries, &categories, &problems),
        problems,
    };
    visit.page_with(status, &page)
}
