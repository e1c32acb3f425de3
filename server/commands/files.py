"""The files that `groundwire ingest` is pointed at, and why some of them are not taken.

Why a file is not taken is told as the server would tell it: an `UpsertResult` with status REJECTED.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundwire.v1.corpus_pb2 import UPSERT_STATUS_REJECTED, DocumentInput, UpsertResult

MAX_DATA_BYTES = 32 << 20  # what the contract says of DocumentInput.data
MAX_ID_BYTES = 256  # what it says of DocumentInput.document_id
HIDDEN = "HIDDEN_FILE"

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class File:
    """A file to ingest; `document` holds what the server is told of it beside its content."""

    path: Path
    document: DocumentInput

    def load(self) -> DocumentInput | UpsertResult:
        """The document with its content, or why it cannot be taken."""
        try:
            facts = self.path.stat()
            if not stat.S_ISREG(facts.st_mode):  # a pipe or a device might be read for ever
                return self._not_taken("NOT_A_FILE", "it is no regular file")
            if not 0 < facts.st_size <= MAX_DATA_BYTES:
                return self._not_taken(
                    "FILE_SIZE", f"a document has 1 to {MAX_DATA_BYTES} bytes, this file {facts.st_size}"
                )
            loaded = DocumentInput(data=self.path.read_bytes())
        except OSError as error:
            return self._not_taken("FILE_UNREADABLE", f"the file cannot be read: {error.strerror}")
        loaded.MergeFrom(self.document)
        return loaded

    def _not_taken(self, reason: str, message: str) -> UpsertResult:
        return not_taken(self.document.collection, self.document.document_id, reason, message)


def not_taken(collection: str, document_id: str, reason: str, message: str) -> UpsertResult:
    """A document that the server never gets to see, and why."""
    return UpsertResult(
        collection=collection,
        document_id=document_id,
        status=UPSERT_STATUS_REJECTED,
        reason=reason,
        message=message,
    )


def files_under(paths: Sequence[Path], collection: str) -> Iterator[File | UpsertResult]:
    """Every file of `paths`, folders with all that is below them, in a stable order.

    A document's id is its path below the folder given, or its name if the file itself was given. Links to folders are
    not followed. Hidden files and folders are passed over unless they were given themselves.
    """
    taken: dict[str, Path] = {}
    for path, relative, given in _walk(paths):
        document_id = os.fsencode(relative).decode(errors="replace")  # a file name is bytes, and need not be UTF-8
        if path.name.startswith(".") and not given:
            yield not_taken(collection, document_id, HIDDEN, "it is hidden; name it to ingest it")
        elif path.is_dir():
            yield not_taken(collection, document_id, "LINKED_FOLDER", "links to folders are not followed")
        elif problem := _id_problem(relative, document_id):
            yield not_taken(collection, document_id, "UNUSABLE_NAME", problem)
        elif document_id in taken:
            yield not_taken(
                collection, document_id, "DUPLICATE", f"{path} and {taken[document_id]} would both be {document_id}"
            )
        else:
            taken[document_id] = path
            yield File(path, DocumentInput(collection=collection, document_id=document_id, filename=path.name))


def _walk(paths: Sequence[Path]) -> Iterator[tuple[Path, str, bool]]:
    """Files, and folders not to enter: the path, its part below the folder given, and whether it was given itself."""
    for top in paths:
        if not top.is_dir():
            yield top, top.name, True
            continue
        for folder, folders, names in os.walk(top):
            here = Path(folder)
            closed = {name for name in folders if name.startswith(".") or (here / name).is_symlink()}
            folders[:] = sorted(set(folders) - closed)
            for name in sorted({*names, *closed}):
                yield here / name, (here / name).relative_to(top).as_posix(), False


def _id_problem(relative: str, document_id: str) -> str:
    """Why a path is no document id; empty when it is one."""
    size = len(document_id.encode())
    if size > MAX_ID_BYTES:
        return f"an id has at most {MAX_ID_BYTES} bytes, the path has {size}"
    if os.fsencode(relative) != document_id.encode():
        return "the file's name is not UTF-8"
    if _CONTROL.search(document_id):
        return "the file's name has control characters"
    return ""
