//! The requests of the load: the same ones for every server, the floors included, so that only the server differs.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, Uri, header, request::Builder};
use http_body_util::Full;
use prost::Message as _;
use prost_reflect::DynamicMessage;
use proto::catalog::{GetProductRequest, ListProductsRequest, Product};
use tonic::transport::Endpoint;

use crate::{
    load::{Grpc, Http, Work},
    products, serve,
};

/// Stands for the number of a product in the text that its JSON is made from.
const PLACE: u64 = 987_654_321;
const GET: &str = "/shelf.catalog.v1.ProductService/GetProduct";
const LIST: &str = "/shelf.catalog.v1.ProductService/ListProducts";

/// GET of products by name, in turn.
pub(crate) fn product(address: SocketAddr, names: &[String]) -> Work {
    let paths: Vec<Uri> =
        names.iter().filter_map(|name| format!("/v1/{name}").parse().ok()).collect();
    let requests = move |number| {
        let path = turn(&paths, number).clone();
        sent(to(address, Method::GET, path), Bytes::new())
    };
    Work::Http(Http::new(address, Arc::new(requests), StatusCode::OK))
}

/// GET of a product that nobody sees but editors.
pub(crate) fn draft(address: SocketAddr, name: &str, authorization: &str) -> Result<Work> {
    let path: Uri = format!("/v1/{name}").parse()?;
    let authorization = HeaderValue::try_from(authorization)?;
    let requests = move |_| {
        let request = to(address, Method::GET, path.clone());
        sent(request.header(header::AUTHORIZATION, authorization.clone()), Bytes::new())
    };
    Ok(Work::Http(Http::new(address, Arc::new(requests), StatusCode::OK)))
}

/// GET of the first page, of 50.
pub(crate) fn page(address: SocketAddr) -> Work {
    let requests =
        move |_| sent(to(address, Method::GET, Uri::from_static("/v1/products")), Bytes::new());
    Work::Http(Http::new(address, Arc::new(requests), StatusCode::OK))
}

/// The shop's first page as HTML, as anybody sees it.
pub(crate) fn shop_list(address: SocketAddr) -> Work {
    let requests = move |_| sent(to(address, Method::GET, Uri::from_static("/")), Bytes::new());
    Work::Http(Http::new(address, Arc::new(requests), StatusCode::OK))
}

/// The admin's list of products as a page of HTML, of 50, by an editor who is signed in.
pub(crate) fn admin_list(address: SocketAddr, session: &str) -> Result<Work> {
    let cookie = HeaderValue::try_from(format!("__Host-sid={session}"))?;
    let requests = move |_| {
        let request = to(address, Method::GET, Uri::from_static("/admin/products"));
        sent(request.header(header::COOKIE, cookie.clone()), Bytes::new())
    };
    Ok(Work::Http(Http::new(address, Arc::new(requests), StatusCode::OK)))
}

/// POST of new products, each with its own id, title and sku.
pub(crate) fn create(address: SocketAddr, series: &str, authorization: &str) -> Result<Work> {
    let template = json(&products::product(series, PLACE))?;
    let (series, authorization) = (series.to_owned(), HeaderValue::try_from(authorization)?);
    let place = PLACE.to_string();
    let requests = move |number: u64| {
        let path = format!("/v1/products?productId={series}-{number}");
        let path = path.parse().unwrap_or_else(|_| Uri::from_static("/"));
        let request = to(address, Method::POST, path)
            .header(header::AUTHORIZATION, authorization.clone())
            .header(header::CONTENT_TYPE, "application/json");
        sent(request, template.replace(&place, &number.to_string()))
    };
    Ok(Work::Http(Http::new(address, Arc::new(requests), StatusCode::OK)))
}

/// GET of products with the entity tag that each has already, in turn.
pub(crate) async fn unchanged(address: SocketAddr, names: &[String]) -> Result<Work> {
    let mut tagged: Vec<(Uri, HeaderValue)> = Vec::with_capacity(names.len());
    let Work::Http(whole) = product(address, names) else {
        anyhow::bail!("a product is asked for over HTTP");
    };
    let mut caller = whole.caller().await?;
    for name in names {
        let answer = caller.answer().await?;
        let etag = answer.headers().get(header::ETAG).context("a product came without its ETag")?;
        tagged.push((format!("/v1/{name}").parse()?, etag.clone()));
    }
    let requests = move |number| {
        let (path, etag) = turn(&tagged, number);
        let request = to(address, Method::GET, path.clone());
        sent(request.header(header::IF_NONE_MATCH, etag.clone()), Bytes::new())
    };
    Ok(Work::Http(Http::new(address, Arc::new(requests), StatusCode::NOT_MODIFIED)))
}

/// A search of the shop for one word.
pub(crate) fn search(address: SocketAddr, word: &str) -> Result<Work> {
    let path: Uri = format!("/v1/products:search?query={word}").parse()?;
    let requests = move |_| sent(to(address, Method::GET, path.clone()), Bytes::new());
    Ok(Work::Http(Http::new(address, Arc::new(requests), StatusCode::OK)))
}

/// Makes one call, whose answer has to be complete.
pub(crate) async fn answered_whole(work: &Work) -> Result<()> {
    let answer: serde_json::Value = serde_json::from_slice(&answer(work).await?)?;
    let is_whole = answer["incomplete"] != serde_json::Value::Bool(true);
    anyhow::ensure!(is_whole && answer["results"].is_array(), "a search was not answered whole");
    Ok(())
}

/// What a server answers to the next of the calls.
pub(crate) async fn answer(work: &Work) -> Result<Bytes> {
    let Work::Http(http) = work else {
        anyhow::bail!("only answers over HTTP are looked at");
    };
    Ok(http.caller().await?.answer().await?.into_body())
}

/// What a server answers to one of the calls, in bytes of body.
pub(crate) async fn answered_bytes(work: &Work) -> Result<usize> {
    Ok(answer(work).await?.len())
}

/// Get over gRPC, of products in turn.
pub(crate) fn rpc_product(endpoint: &Endpoint, names: &[String]) -> Work {
    let get = |name: &String| GetProductRequest { name: name.clone(), ..Default::default() };
    let messages: Vec<Bytes> = names.iter().map(|name| get(name).encode_to_vec().into()).collect();
    Work::Grpc(Grpc::new(endpoint.clone(), GET, messages))
}

/// List over gRPC, of the page of 50 behind a token.
pub(crate) fn rpc_page(endpoint: &Endpoint, page_token: String) -> Work {
    let list = ListProductsRequest { page_size: 50, page_token, ..Default::default() };
    Work::Grpc(Grpc::new(endpoint.clone(), LIST, vec![list.encode_to_vec().into()]))
}

/// The empty call over gRPC.
pub(crate) fn rpc_empty(endpoint: &Endpoint) -> Work {
    Work::Grpc(Grpc::new(endpoint.clone(), serve::EMPTY_METHOD, vec![Bytes::new()]))
}

/// A product in ProtoJSON, by a library and not by Shelf's own transcoder.
fn json(product: &Product) -> Result<String> {
    let descriptor = proto::descriptor_pool().get_message_by_name("shelf.catalog.v1.Product");
    let descriptor = descriptor.context("the contract has a Product")?;
    let message = DynamicMessage::decode(descriptor, product.encode_to_vec().as_slice())?;
    Ok(serde_json::to_string(&message)?)
}

fn to(address: SocketAddr, method: Method, path: Uri) -> Builder {
    Request::builder().method(method).uri(path).header(header::HOST, address.to_string())
}

fn sent(request: Builder, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    let body = Full::new(body.into());
    request.body(body).unwrap_or_default()
}

fn turn<T>(items: &[T], number: u64) -> &T {
    let place = number % items.len() as u64;
    &items[usize::try_from(place).unwrap_or_default()]
}
