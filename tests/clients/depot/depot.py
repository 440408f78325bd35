"""A gRPC service that is not Shelf, in another language, with server reflection.

    depot.py PROTO_FOLDER SET_FILE

PROTO_FOLDER has google/api/*.proto. Its descriptor set is written to SET_FILE. Prints `listening on PORT` once it serves.
It begins with the first version of its contract; SIGUSR1 makes its reflection tell the second one, without a restart, and
SIGUSR2 makes it tell a set that is broken.
"""

import concurrent.futures
import pathlib
import signal
import sys
import tempfile
import threading

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.any_pb2 import Any
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc
from grpc_tools import protoc

HERE = pathlib.Path(__file__).resolve().parent
NAMES = ("depot.v1.Depot", reflection.SERVICE_NAME)


def compiled(version, folder):
    """The descriptor set of one version, with everything it imports."""
    with tempfile.NamedTemporaryFile() as out:
        import grpc_tools

        well_known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
        arguments = [f"-I{HERE / version}", f"-I{folder}", f"-I{well_known}", "--include_imports", "--include_source_info"]
        if protoc.main(["protoc", *arguments, f"--descriptor_set_out={out.name}", "depot.proto"]) != 0:
            sys.exit("protoc failed")
        return out.read()


def pool_of(encoded):
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(encoded).file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool


class Depot:
    """The service itself; its methods are those of the second version."""

    def __init__(self, pool):
        self.service = pool.FindServiceByName("depot.v1.Depot")
        self.box = self.type("depot.v1.Box")
        self.file = self.type("google.api.HttpBody")
        self.imported = self.type("depot.v1.ImportBoxesResponse")
        self.empty = self.type("google.protobuf.Empty")

    def type(self, name):
        return message_factory.GetMessageClass(self.service.file.pool.FindMessageTypeByName(name))

    def get_box(self, request, context):
        if request.name == "boxes/none":
            refuse(context, grpc.StatusCode.NOT_FOUND, "there is no such box", "BOX_UNKNOWN")
        seen = dict(context.invocation_metadata())
        context.send_initial_metadata((("cache-control", "no-store"), ("x-secret", "must stay inside")))
        tags = [f"{name}={seen[name]}" for name in sorted(seen) if name in ("authorization", "traceparent", "cookie")]
        return self.box(name=request.name, weight_grams=9007199254740993, tags=tags)

    def watch_boxes(self, request, context):
        for number in range(request.count):
            if request.fail_after and number == request.fail_after:
                refuse(context, grpc.StatusCode.UNAVAILABLE, "the depot closes", "DEPOT_CLOSED")
            yield self.box(name=f"boxes/{number}")
        if request.fail_after and request.fail_after >= request.count:
            refuse(context, grpc.StatusCode.UNAVAILABLE, "the depot closes", "DEPOT_CLOSED")

    def import_boxes(self, requests, context):
        answer = self.imported()
        for box in requests:
            answer.count += 1
            answer.weight_grams += box.weight_grams
        return answer

    def shelve(self, request, context):
        return self.box(name=request.name, tags=[request.shelf])

    def get_label(self, request, context):
        return self.file(content_type="text/plain; charset=utf-8", data=f"label of {request.name}\n".encode())

    def copy(self, request, context):
        return request

    def sweep(self, request, context):
        return self.empty()

    def handlers(self):
        """A handler for each method, with the types of its descriptor."""
        kinds = {
            "GetBox": (grpc.unary_unary_rpc_method_handler, self.get_box),
            "WatchBoxes": (grpc.unary_stream_rpc_method_handler, self.watch_boxes),
            "ImportBoxes": (grpc.stream_unary_rpc_method_handler, self.import_boxes),
            "Shelve": (grpc.unary_unary_rpc_method_handler, self.shelve),
            "GetLabel": (grpc.unary_unary_rpc_method_handler, self.get_label),
            "Copy": (grpc.unary_unary_rpc_method_handler, self.copy),
            "Sweep": (grpc.unary_unary_rpc_method_handler, self.sweep),
        }
        made = {}
        for method in self.service.methods:
            handler, behave = kinds[method.name]
            request = self.type(method.input_type.full_name)
            made[method.name] = handler(behave, request.FromString, lambda reply: reply.SerializeToString())
        return grpc.method_handlers_generic_handler("depot.v1.Depot", made)


def refuse(context, code, message, reason):
    """Ends a call with an ErrorInfo, as google.rpc.Status carries it."""
    pool = descriptor_pool.DescriptorPool()
    file = descriptor_pb2.FileDescriptorProto(name="status.proto", package="google.rpc", syntax="proto3")
    file.dependency.append("google/protobuf/any.proto")
    status = file.message_type.add(name="Status")
    status.field.add(name="code", number=1, type=5, label=1)
    status.field.add(name="message", number=2, type=9, label=1)
    status.field.add(name="details", number=3, type=11, label=3, type_name=".google.protobuf.Any")
    info = file.message_type.add(name="ErrorInfo")
    info.field.add(name="reason", number=1, type=9, label=1)
    info.field.add(name="domain", number=2, type=9, label=1)
    pool.AddSerializedFile(Any.DESCRIPTOR.file.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    make = lambda name: message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
    detail = make("google.rpc.ErrorInfo")(reason=reason, domain="depot")
    whole = make("google.rpc.Status")(code=code.value[0], message=message)
    whole.details.add(type_url="type.googleapis.com/google.rpc.ErrorInfo", value=detail.SerializeToString())
    context.set_trailing_metadata((("grpc-status-details-bin", whole.SerializeToString()),))
    context.abort(code, message)


class Reflection(reflection_pb2_grpc.ServerReflectionServicer):
    """Reflection that can be told to speak of another version."""

    def __init__(self, pool):
        self.tell(pool)

    def tell(self, pool):
        self.told = reflection.ReflectionServicer(NAMES, pool=pool)

    def ServerReflectionInfo(self, requests, context):
        return self.told.ServerReflectionInfo(requests, context)


def broken(pool_set):
    """The second version with two methods on one path."""
    files = descriptor_pb2.FileDescriptorSet.FromString(pool_set)
    for file in files.file:
        if file.name == "depot.proto":
            methods = file.service[0].method
            twin = methods.add()
            twin.CopyFrom(methods[0])
            twin.name = "Twin"
    return pool_of(files.SerializeToString())


def main():
    folder, out = sys.argv[1:]
    first, second = (compiled(version, folder) for version in ("first", "second"))
    pathlib.Path(out).write_bytes(first)
    told = Reflection(pool_of(first))
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=32))
    server.add_generic_rpc_handlers((Depot(pool_of(second)).handlers(),))
    reflection_pb2_grpc.add_ServerReflectionServicer_to_server(told, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    ended = threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: told.tell(pool_of(second)))
    signal.signal(signal.SIGUSR2, lambda *_: told.tell(broken(second)))
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    print(f"listening on {port}", flush=True)
    while not ended.wait(0.1):
        pass
    server.stop(None)


if __name__ == "__main__":
    main()
