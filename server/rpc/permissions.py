"""Which permission each method asks for: one table, and a service is not served while one of its methods has no entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

from groundwire.v1 import corpus_pb2, guard_pb2, retriever_pb2, review_pb2
from server.domain import Permission

FILES = (guard_pb2, retriever_pb2, corpus_pb2, review_pb2)

PERMISSIONS: Mapping[str, Permission | None] = {
    "/groundwire.v1.Guard/Validate": Permission.VALIDATE,
    "/groundwire.v1.Guard/ValidateStream": Permission.VALIDATE,
    "/groundwire.v1.Retriever/Retrieve": Permission.RETRIEVE,
    "/groundwire.v1.Corpus/UpsertDocuments": Permission.WRITE_DOCUMENTS,
    "/groundwire.v1.Corpus/DeleteDocuments": Permission.WRITE_DOCUMENTS,
    "/groundwire.v1.Corpus/ApplyChanges": Permission.WRITE_DOCUMENTS,
    "/groundwire.v1.Corpus/GetDocument": Permission.READ_DOCUMENTS,
    "/groundwire.v1.Corpus/ListDocuments": Permission.READ_DOCUMENTS,
    "/groundwire.v1.Corpus/PreviewChunks": Permission.READ_DOCUMENTS,
    "/groundwire.v1.Review/ListCases": Permission.REVIEW,
    "/groundwire.v1.Review/GetCase": Permission.REVIEW,
    "/groundwire.v1.Review/ResolveCase": Permission.REVIEW,
    "/groundwire.v1.Review/Replay": Permission.REVIEW,
    # Open to everyone: they tell whether the server lives, and what the published contract says.
    "/grpc.health.v1.Health/Check": None,
    "/grpc.health.v1.Health/List": None,
    "/grpc.health.v1.Health/Watch": None,
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": None,
}
"""By "/package.Service/Method"; None is open to everyone."""


def methods_of(files: Iterable[object]) -> tuple[str, ...]:
    """The methods of all services in generated modules, as gRPC names them."""
    return tuple(
        f"/{service.full_name}/{method.name}"
        for file in files
        for service in file.DESCRIPTOR.services_by_name.values()  # type: ignore[attr-defined]  # every generated module has it
        for method in service.methods
    )


def check_complete(methods: Iterable[str]) -> None:
    """Raise LookupError for the methods that have no entry."""
    missing = sorted(set(methods) - PERMISSIONS.keys())
    if missing:
        raise LookupError(f"no entry in server.rpc.permissions.PERMISSIONS for {', '.join(missing)}")


# On import: a method that somebody forgot must not be served, to anybody.
check_complete(methods_of((*FILES, health_pb2, reflection_pb2)))
