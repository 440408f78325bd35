//! From the path of a call to the method that answers it: one line for each method of the contract.
//!
//! A test holds that no method of the descriptors is missing here.

use http::{Request, Response};
use tonic::body::Body;

use super::{
    GrpcService, api_key_service as api_keys, category_service as categories,
    change_service as changes, product_history as history, product_service as products,
    search_service as search, session_service as sessions, shop_service as shop, status, undelete,
    user_service as users, variant_service as variants, watch,
    wire::{streaming, unary},
};

/// Calls the method of the request's path.
pub(super) async fn call(service: &GrpcService, request: Request<Body>) -> Response<Body> {
    let uri = request.uri().clone();
    let Some((name, method)) = uri.path().trim_start_matches('/').split_once('/') else {
        return status::method_unknown(uri.path()).into_http();
    };
    match name {
        "shelf.catalog.v1.ProductService" => product(service, method, request).await,
        "shelf.catalog.v1.VariantService" => variant(service, method, request).await,
        "shelf.catalog.v1.CategoryService" => category(service, method, request).await,
        "shelf.catalog.v1.ChangeService" => change(service, method, request).await,
        "shelf.catalog.v1.ShopService" => the_shop(service, method, request).await,
        "shelf.access.v1.SessionService" => session(service, method, request).await,
        "shelf.access.v1.UserService" => user(service, method, request).await,
        "shelf.access.v1.ApiKeyService" => api_key(service, method, request).await,
        beside => service.0.beside.call(beside, request).await,
    }
}

/// Matches a method's name to the function that answers it.
macro_rules! methods {
    ($service:expr, $method:expr, $request:expr, { $($name:literal => $answer:path,)+ }) => {{
        let (service, request) = ($service, $request);
        let limit = service.0.limits.message_bytes;
        match $method {
            // Boxed each by itself: a call would otherwise be as large as the largest method, and is moved several times.
            $($name => Box::pin(unary(limit, request, |who, message| $answer(service, who, message))).await,)+
            _ => status::method_unknown(request.uri().path()).into_http(),
        }
    }};
}

async fn product(s: &GrpcService, method: &str, request: Request<Body>) -> Response<Body> {
    if method == "WatchProducts" {
        let (service, limit) = (s.clone(), s.0.limits.message_bytes);
        let watch = move |who, message| watch::watch_products(service.clone(), who, message);
        return Box::pin(streaming(limit, request, watch)).await;
    }
    methods!(s, method, request, {
        "GetProduct" => products::get_product,
        "ListProducts" => products::list_products,
        "CreateProduct" => products::create_product,
        "UpdateProduct" => products::update_product,
        "DeleteProduct" => products::delete_product,
        "UndeleteProduct" => undelete::undelete_product,
        "PublishProduct" => products::publish_product,
        "UnpublishProduct" => products::unpublish_product,
        "ArchiveProduct" => products::archive_product,
        "ExpungeProduct" => products::expunge_product,
        "ResolveSlug" => products::resolve_slug,
        "BatchGetProducts" => products::batch_get_products,
        "BatchCreateProducts" => products::batch_create_products,
        "BatchDeleteProducts" => products::batch_delete_products,
        "BatchUndeleteProducts" => undelete::batch_undelete_products,
        "SearchProducts" => search::search_products,
        "SuggestProducts" => search::suggest_products,
        "GetProductRevision" => history::get_product_revision,
        "ListProductRevisions" => history::list_product_revisions,
        "CompareProductRevisions" => history::compare_product_revisions,
        "RollbackProduct" => history::rollback_product,
        "BatchUpdateProducts" => products::batch_update_products,
        "BatchPublishProducts" => products::batch_publish_products,
        "BatchUnpublishProducts" => products::batch_unpublish_products,
    })
}

async fn variant(s: &GrpcService, method: &str, request: Request<Body>) -> Response<Body> {
    methods!(s, method, request, {
        "GetVariant" => variants::get_variant,
        "ListVariants" => variants::list_variants,
        "CreateVariant" => variants::create_variant,
        "UpdateVariant" => variants::update_variant,
        "DeleteVariant" => variants::delete_variant,
        "BatchUpdateVariants" => variants::batch_update_variants,
    })
}

async fn category(s: &GrpcService, method: &str, request: Request<Body>) -> Response<Body> {
    methods!(s, method, request, {
        "GetCategory" => categories::get_category,
        "ListCategories" => categories::list_categories,
        "CreateCategory" => categories::create_category,
        "UpdateCategory" => categories::update_category,
        "MoveCategory" => categories::move_category,
        "DeleteCategory" => categories::delete_category,
    })
}

async fn change(s: &GrpcService, method: &str, request: Request<Body>) -> Response<Body> {
    methods!(s, method, request, {
        "ListChanges" => changes::list_changes,
    })
}

async fn the_shop(s: &GrpcService, method: &str, request: Request<Body>) -> Response<Body> {
    methods!(s, method, request, {
        "GetShop" => shop::get_shop,
        "UpdateShop" => shop::update_shop,
    })
}

async fn session(s: &GrpcService, method: &str, request: Request<Body>) -> Response<Body> {
    methods!(s, method, request, {
        "CreateSession" => sessions::create_session,
        "GetSession" => sessions::get_session,
        "ListSessions" => sessions::list_sessions,
        "DeleteSession" => sessions::delete_session,
    })
}

async fn user(s: &GrpcService, method: &str, request: Request<Body>) -> Response<Body> {
    methods!(s, method, request, {
        "RedeemSetupToken" => users::redeem_setup_token,
        "GetUser" => users::get_user,
        "ListUsers" => users::list_users,
        "CreateUser" => users::create_user,
        "UpdateUser" => users::update_user,
        "DeleteUser" => users::delete_user,
        "ChangePassword" => users::change_password,
    })
}

async fn api_key(s: &GrpcService, method: &str, request: Request<Body>) -> Response<Body> {
    methods!(s, method, request, {
        "GetApiKey" => api_keys::get_api_key,
        "ListApiKeys" => api_keys::list_api_keys,
        "CreateApiKey" => api_keys::create_api_key,
        "DeleteApiKey" => api_keys::delete_api_key,
    })
}
