"""A program by somebody who has neither our .proto files nor our code: everything is learnt by reflection."""

import os
import sys

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

PRODUCTS = "shelf.catalog.v1.ProductService"


def caller(channel, pool):
    """A function that calls a method of the product service by its name, with the fields as keywords."""
    service = pool.FindServiceByName(PRODUCTS)

    def call(name, token=None, /, **fields):
        method = service.FindMethodByName(name)
        request = GetMessageClass(method.input_type)
        answer = GetMessageClass(method.output_type)
        stub = channel.unary_unary(
            f"/{PRODUCTS}/{name}",
            request_serializer=request.SerializeToString,
            response_deserializer=answer.FromString,
        )
        metadata = [("authorization", f"Bearer {token}")] if token else []
        return stub(request(**fields), metadata=metadata, timeout=20)

    return call


def watcher(channel, pool):
    """The stream of changes from a token on, or from now."""
    method = pool.FindServiceByName(PRODUCTS).FindMethodByName("WatchProducts")
    request = GetMessageClass(method.input_type)
    answer = GetMessageClass(method.output_type)
    stub = channel.unary_stream(
        f"/{PRODUCTS}/WatchProducts",
        request_serializer=request.SerializeToString,
        response_deserializer=answer.FromString,
    )

    def watch(token, **fields):
        return stub(request(**fields), metadata=[("authorization", f"Bearer {token}")], timeout=20)

    return watch


def main(address):
    token = os.environ["SHELF_TOKEN"]
    with grpc.insecure_channel(address, compression=grpc.Compression.Gzip) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        for service in ("", PRODUCTS):
            answer = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=20)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING, answer

        database = ProtoReflectionDescriptorDatabase(channel)
        assert PRODUCTS in database.get_services(), database.get_services()
        pool = DescriptorPool(database)
        call = caller(channel, pool)
        watch = watcher(channel, pool)
        stream = watch(token)
        begun = next(stream)
        assert begun.resume_token and not begun.HasField("change"), begun

        titles = [product.title for product in call("ListProducts").products]
        assert titles == ["Enamel mug"], titles
        created = call("CreateProduct", token, product_id="jug", product={"title": "Jug"})
        assert created.name == "products/jug" and len(created.variants) == 1, created
        renamed = {"name": created.name, "title": "Big jug", "etag": created.etag}
        saved = call("UpdateProduct", token, product=renamed, update_mask={"paths": ["title"]})
        assert saved.title == "Big jug" and saved.etag != created.etag, saved

        try:
            call("UpdateProduct", token, product=renamed, update_mask={"paths": ["title"]})
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.ABORTED, error
            details = dict(error.trailing_metadata())["grpc-status-details-bin"]
            assert b"ETAG_MISMATCH" in details, details
        else:
            raise AssertionError("a stale etag was taken")

        try:
            call("DeleteProduct", name=created.name)
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.UNAUTHENTICATED, error
        else:
            raise AssertionError("anyone may delete")
        assert call("DeleteProduct", token, name=created.name).HasField("delete_time")

        seen = [next(stream) for _ in range(3)]
        assert [one.change.resource for one in seen] == ["products/jug"] * 3, seen
        assert [one.change.kind for one in seen] == [1, 2, 3] and seen[2].product.HasField("delete_time"), seen
        stream.cancel()
        again = watch(token, resume_token=seen[1].resume_token)
        assert next(again).resume_token == seen[1].resume_token
        assert next(again).change == seen[2].change
        again.cancel()
    print("all is well")


if __name__ == "__main__":
    main(sys.argv[1])
