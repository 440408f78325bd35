//! Every RPC times every role: those below the one that the contract names are refused, the others are not.

use http::uri::PathAndQuery;
use prost_reflect::MethodDescriptor;
use proto::access::Role;
use tests::{errors::reason, people::Person, shop::Shop};
use tonic::{Code, Request, Status, client::Grpc};
use tonic_prost::ProstCodec;

fn methods() -> Vec<(MethodDescriptor, Role)> {
    let pool = proto::descriptor_pool();
    let option = pool.get_extension_by_name("shelf.access.v1.required_role").unwrap();
    let all: Vec<_> = pool
        .services()
        .filter(|service| service.package_name().starts_with("shelf."))
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .map(|method| {
            let role = method.options().get_extension(&option).as_enum_number().unwrap();
            (method, Role::try_from(role).unwrap())
        })
        .collect();
    assert!(all.len() >= 29, "every method of the contract: {}", all.len());
    all
}

/// Calls a method with an empty message.
async fn call(person: &Person, method: &MethodDescriptor) -> Result<(), Status> {
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let path: PathAndQuery = path.parse().unwrap();
    let mut client = Grpc::new(person.way());
    client.ready().await.map_err(|error| Status::unknown(error.to_string()))?;
    let codec = ProstCodec::<(), ()>::default();
    match method.is_server_streaming() {
        // That it began is enough: it does not end by itself.
        true => client.server_streaming(Request::new(()), path, codec).await.map(|_| ()),
        false => client.unary(Request::new(()), path, codec).await.map(|_| ()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_refuses_the_roles_below_its_own() {
    let shop = Shop::open().await;
    let people = &shop.people;
    let cast = [
        (Role::Anyone, &people.anyone),
        (Role::Viewer, &people.viewer),
        (Role::Editor, &people.editor),
        (Role::Admin, &people.admin),
    ];
    for (method, needed) in methods() {
        for (role, person) in cast {
            let answer = call(person, &method).await;
            let code = answer.as_ref().err().map(Status::code);
            let what = format!("{} by {role:?}: {answer:?}", method.full_name());
            if role >= needed {
                assert!(
                    !matches!(code, Some(Code::Unauthenticated | Code::PermissionDenied)),
                    "{what}"
                );
            } else if role == Role::Anyone {
                assert_eq!(code, Some(Code::Unauthenticated), "{what}");
            } else {
                assert_eq!(code, Some(Code::PermissionDenied), "{what}");
                assert_eq!(reason(&answer.unwrap_err()), "ROLE_MISSING", "{what}");
            }
        }
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_is_checked_before_anything_else_is_told() {
    let shop = Shop::open().await;
    let unknown = proto::catalog::DeleteProductRequest {
        name: "products/nothing".into(),
        ..Default::default()
    };
    let viewer = shop.people.viewer.products().delete_product(unknown.clone()).await.unwrap_err();
    assert_eq!(viewer.code(), Code::PermissionDenied, "not that there is no such product");
    let editor = shop.people.editor.products().delete_product(unknown).await.unwrap_err();
    assert_eq!(editor.code(), Code::NotFound);
    shop.close().await;
}
