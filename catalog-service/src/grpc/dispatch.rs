//! From the path of a call to the method that answers it: one line for each method of the contract.
//!
//! A test holds that no method of the descriptors is missing here.

use std::{mem, pin::Pin};

use bytes::Bytes;
use futures_util::{Stream, future::Either};
use http::{Request, Response};
use tonic::{Status, body::Body};

use super::{
    GrpcService, api_key_service as api_keys, category_service as categories,
    change_service as changes,
    credentials::Identity,
    frames::{self, Counted, Messages},
    product_history as history, product_service as products,
    roles::Method,
    search_service as search, session_service as sessions, shop_service as shop, status, undelete,
    user_service as users, variant_service as variants, watch,
    wire::{Encoded, decoded, streaming, unary},
};

type Answer = Result<Encoded, Status>;

/// A method at work.
pub(super) type Answering<'s> = Pin<Box<dyn Future<Output = Answer> + Send + 's>>;

/// A call that is not unary, or not of the contract.
type Calling<'s> = Pin<Box<dyn Future<Output = Response<Body>> + Send + 's>>;

/// The method of a name at work on its message, if there is one of that name; or what is wrong with the message.
type Found<'s> = Option<Result<Answering<'s>, Status>>;

/// Calls the method of a request that came over a socket, or as if it had.
pub(super) fn call<'s>(
    service: &'s GrpcService,
    method: &'static Method,
    identity: Identity,
    request: &'s mut Request<Body>,
) -> impl Future<Output = Response<Body>> + Send + 's {
    let limits = &service.0.limits;
    if method.name.starts_with("grpc.") {
        return Either::Right(Box::pin(beside(service, method, request)) as Calling<'s>);
    }
    if method.streams {
        let watch = move |message| watch(service, identity.clone(), message);
        return Either::Right(Box::pin(streaming(limits, request, watch)));
    }
    let answering = move |who, message| answering(service, method, who, message);
    Either::Left(unary(limits, identity, request, answering))
}

/// Calls a method that is served beside the contract.
async fn beside(
    service: &GrpcService,
    method: &'static Method,
    request: &mut Request<Body>,
) -> Response<Body> {
    let limits = &service.0.limits;
    let request = mem::take(request).map(|body| match method.messages {
        Messages::One => Body::new(frames::one(body, limits)),
        Messages::Any => Body::new(Counted::new(body, Messages::Any, limits.message_bytes)),
    });
    let (name, _) = parts(method);
    service.0.beside.call(name, request).await
}

/// The method of a unary call at work on its message.
///
/// # Errors
/// METHOD_UNKNOWN, and INTERNAL for bytes that are no such message.
pub(super) fn answering<'s>(
    service: &'s GrpcService,
    method: &Method,
    who: Identity,
    message: Bytes,
) -> Result<Answering<'s>, Status> {
    let (name, function) = parts(method);
    let answering = match name {
        "shelf.catalog.v1.ProductService" => product(service, function, who, message),
        "shelf.catalog.v1.VariantService" => variant(service, function, who, message),
        "shelf.catalog.v1.CategoryService" => category(service, function, who, message),
        "shelf.catalog.v1.ChangeService" => change(service, function, who, message),
        "shelf.catalog.v1.ShopService" => the_shop(service, function, who, message),
        "shelf.access.v1.SessionService" => session(service, function, who, message),
        "shelf.access.v1.UserService" => user(service, function, who, message),
        "shelf.access.v1.ApiKeyService" => api_key(service, function, who, message),
        _ => None,
    };
    answering.unwrap_or_else(|| Err(status::method_unknown(method.name)))
}

/// The names of a method's service and of itself.
fn parts(method: &Method) -> (&'static str, &'static str) {
    method.name.split_once('/').unwrap_or_default()
}

/// The one method whose answer is a stream.
async fn watch(
    service: &GrpcService,
    who: Identity,
    message: Bytes,
) -> Result<impl Stream<Item = Answer> + Send + use<>, Status> {
    watch::watch_products(service.clone(), who, decoded(message)?).await
}

/// Matches a method's name to the function that answers it.
macro_rules! methods {
    ($service:expr, $method:expr, $who:expr, $message:expr, { $($name:literal => $answer:path,)+ }) => {{
        let (service, who, message) = ($service, $who, $message);
        match $method {
            // Boxed each by itself: a call would otherwise be as large as the largest method, and is moved several times.
            $($name => Some(decoded(message).map(|message| boxed($answer(service, who, message)))),)+
            _ => None,
        }
    }};
}

fn boxed<'s>(answering: impl Future<Output = Answer> + Send + 's) -> Answering<'s> {
    Box::pin(answering)
}

fn product<'s>(s: &'s GrpcService, method: &str, who: Identity, message: Bytes) -> Found<'s> {
    methods!(s, method, who, message, {
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

fn variant<'s>(s: &'s GrpcService, method: &str, who: Identity, message: Bytes) -> Found<'s> {
    methods!(s, method, who, message, {
        "GetVariant" => variants::get_variant,
        "ListVariants" => variants::list_variants,
        "CreateVariant" => variants::create_variant,
        "UpdateVariant" => variants::update_variant,
        "DeleteVariant" => variants::delete_variant,
        "BatchUpdateVariants" => variants::batch_update_variants,
    })
}

fn category<'s>(s: &'s GrpcService, method: &str, who: Identity, message: Bytes) -> Found<'s> {
    methods!(s, method, who, message, {
        "GetCategory" => categories::get_category,
        "ListCategories" => categories::list_categories,
        "CreateCategory" => categories::create_category,
        "UpdateCategory" => categories::update_category,
        "MoveCategory" => categories::move_category,
        "DeleteCategory" => categories::delete_category,
    })
}

fn change<'s>(s: &'s GrpcService, method: &str, who: Identity, message: Bytes) -> Found<'s> {
    methods!(s, method, who, message, {
        "ListChanges" => changes::list_changes,
    })
}

fn the_shop<'s>(s: &'s GrpcService, method: &str, who: Identity, message: Bytes) -> Found<'s> {
    methods!(s, method, who, message, {
        "GetShop" => shop::get_shop,
        "UpdateShop" => shop::update_shop,
    })
}

fn session<'s>(s: &'s GrpcService, method: &str, who: Identity, message: Bytes) -> Found<'s> {
    methods!(s, method, who, message, {
        "CreateSession" => sessions::create_session,
        "GetSession" => sessions::get_session,
        "ListSessions" => sessions::list_sessions,
        "DeleteSession" => sessions::delete_session,
    })
}

fn user<'s>(s: &'s GrpcService, method: &str, who: Identity, message: Bytes) -> Found<'s> {
    methods!(s, method, who, message, {
        "RedeemSetupToken" => users::redeem_setup_token,
        "GetUser" => users::get_user,
        "ListUsers" => users::list_users,
        "CreateUser" => users::create_user,
        "UpdateUser" => users::update_user,
        "DeleteUser" => users::delete_user,
        "ChangePassword" => users::change_password,
    })
}

fn api_key<'s>(s: &'s GrpcService, method: &str, who: Identity, message: Bytes) -> Found<'s> {
    methods!(s, method, who, message, {
        "GetApiKey" => api_keys::get_api_key,
        "ListApiKeys" => api_keys::list_api_keys,
        "CreateApiKey" => api_keys::create_api_key,
        "DeleteApiKey" => api_keys::delete_api_key,
    })
}
