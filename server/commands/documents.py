"""`groundwire documents`: what the corpus holds, and how to remove it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

import groundwire
from groundwire.v1.corpus_pb2 import (
    DeleteDocumentsRequest,
    Document,
    GetDocumentRequest,
    ListDocumentsRequest,
    ListDocumentsResponse,
)
from server.commands.connection import DEFAULT_SERVER, Server, connected
from server.commands.preview import show_chunk
from server.commands.terminal import AsJson, counted, moment, out, plain, print_json

app = typer.Typer(name="documents", help="List, show and delete the documents of the corpus.", no_args_is_help=True)

Collection = Annotated[str, typer.Argument(help="The collection.")]

_PAGE = 500


@app.command("list")
def list_documents(
    *,
    collection: Annotated[str, typer.Option("--collection", "-c", help="Only this one. [default: all]")] = "",
    address: Server = DEFAULT_SERVER,
    as_json: AsJson = False,
) -> None:
    """List the current versions of documents."""
    with connected(address) as client:
        response = _all_documents(client, collection)
    if as_json:
        print_json(response)
        return
    for document in response.documents:
        name = Text.assemble((plain(document.collection), "dim"), "  ", (plain(document.document_id), "bold"))
        rest = f"  version {_version(document)}, {document.type}, {counted(document.chunks, 'chunk')}  {plain(document.title)}"
        out().print(name + Text(rest), soft_wrap=True)
    out().print(Text(counted(len(response.documents), "document"), "dim"))


@app.command()
def show(
    collection: Collection,
    document_id: Annotated[str, typer.Argument(help="The document's id.")],
    *,
    version: Annotated[int, typer.Option(min=0, help="Which version; 0: the current one.")] = 0,
    text: Annotated[bool, typer.Option("--text", help="Print its text.")] = False,
    chunks: Annotated[bool, typer.Option("--chunks", help="Print its chunks.")] = False,
    address: Server = DEFAULT_SERVER,
    as_json: AsJson = False,
) -> None:
    """Show a document."""
    request = GetDocumentRequest(
        collection=collection, document_id=document_id, version=version, include_text=text, include_chunks=chunks
    )
    with connected(address) as client:
        response = client.corpus.GetDocument(request)
    if as_json:
        print_json(response)
        return
    out().print(_details(response.document))
    if text:
        out().print(Text(f"\n{plain(response.text)}"))
    for chunk in response.chunks:
        show_chunk(chunk)


@app.command()
def delete(
    collection: Collection,
    document_ids: Annotated[list[str], typer.Argument(help="The documents' ids.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    address: Server = DEFAULT_SERVER,
    as_json: AsJson = False,
) -> None:
    """Remove documents with all their versions."""
    if not yes:
        typer.confirm(f"Delete {', '.join(document_ids)} of {collection} with all versions?", abort=True, err=True)
    with connected(address) as client:
        response = client.corpus.DeleteDocuments(
            DeleteDocumentsRequest(collection=collection, document_ids=document_ids)
        )
    if as_json:
        print_json(response)
        return
    for document_id in dict.fromkeys(document_ids):
        typer.echo(f"{document_id}: {'deleted' if document_id in response.deleted else 'was not there'}")


def _all_documents(client: groundwire.Client, collection: str) -> ListDocumentsResponse:
    everything = ListDocumentsResponse()
    request = ListDocumentsRequest(collection=collection, page_size=_PAGE)
    while True:
        page = client.corpus.ListDocuments(request)
        everything.documents.extend(page.documents)
        if not page.next_page_token:
            return everything
        request.page_token = page.next_page_token


def _version(document: Document) -> str:
    return f"{document.version} ({plain(document.version_label)})" if document.version_label else str(document.version)


def _details(document: Document) -> Table:
    table = Table.grid(padding=(0, 2))
    rows = {
        "document": f"{plain(document.collection)} / {plain(document.document_id)}",
        "title": plain(document.title),
        "version": _version(document),
        "type": document.type,
        "chunks": f"{document.chunks}, cut by {document.chunker}",
        "source": plain(document.source_uri),
        "entities": ", ".join(plain(key) for key in document.entity_keys),
        "labels": ", ".join(plain(label) for label in document.labels),
        "region": plain(document.region),
        "metadata": ", ".join(f"{plain(k)}={plain(v)}" for k, v in sorted(document.metadata.items())),
        "valid from": moment(document.valid_from) if document.HasField("valid_from") else "",
        "valid until": moment(document.valid_until) if document.HasField("valid_until") else "",
        "observed": moment(document.observed_at) if document.HasField("observed_at") else "",
        "stored": moment(document.stored_at),
        "superseded": moment(document.superseded_at) if document.HasField("superseded_at") else "",
        "SHA-256": document.content_hash,
        "notes": "\n".join(plain(warning) for warning in document.warnings),
    }
    for name, value in rows.items():
        if value:
            table.add_row(Text(name, "dim"), Text(value, overflow="fold"))
    return table
