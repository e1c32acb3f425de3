"""An index on disk: derived from the records, checked before it is believed, and thrown away on the slightest doubt.

A tenant's folder holds one file for each segment, one for each inverted file, and a manifest that names them with their
SHA-256 and says which revision of which history they show and which versions of the code and the embedder made them. Every
file is written under another name, synced and renamed, the manifest last; so a crash leaves the snapshot before.

Segments hold no attributes and no deletions. These come from the records at each start, so that a snapshot of an earlier
revision is still good: chunks that are gone are not allowed, chunks that came since are added.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from server.stores.index.analysis import ANALYSER
from server.stores.index.dense import DenseSegment, Inverted
from server.stores.index.lexical import LexicalSegment
from server.stores.index.segment import Segment

_FORMAT = 2
_MANIFEST = "manifest.json"


class SnapshotRejected(Exception):
    """A snapshot is absent, damaged, or of another history, format, analyser or embedder; the message says which."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a snapshot was made of: a revision, known by its random stamp, and the embedder whose vectors it holds."""

    tenant: str
    revision: int
    stamp: str
    embedder: str
    dimension: int


@dataclass(frozen=True, slots=True)
class _Stored:
    """A file of a snapshot, and the digest that its bytes must have."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Segments read from disk, and what they were made of."""

    origin: Origin
    segments: tuple[Segment, ...]


def folder_of(directory: Path, tenant: str) -> Path:
    """The folder of a tenant's snapshot: tenants may be named what no file can be."""
    return directory / hashlib.sha256(tenant.encode()).hexdigest()[:32]


def save_snapshot(folder: Path, origin: Origin, segments: tuple[Segment, ...]) -> None:
    """Write a snapshot in place of the one before; segments that are there already are not written again."""
    folder.mkdir(parents=True, exist_ok=True)
    before = _digests(folder)
    entries = []
    for segment in segments:
        name = f"{segment.name}.npz"
        digest = before.get(name) or _write(folder / name, _pack(segment))
        inverted = segment.dense.inverted
        entry: dict[str, Any] = {"body": asdict(_Stored(name, digest)), "consolidated": segment.consolidated}
        if inverted is not None:
            name = f"{segment.name}.ivf"
            digest = before.get(name) or _write(folder / name, faiss.serialize_index(inverted.index).tobytes())
            entry |= {"inverted": asdict(_Stored(name, digest)), "probes": inverted.probes}
        entries.append(entry)
    manifest = {"format": _FORMAT, "analyser": ANALYSER, "origin": asdict(origin), "segments": entries}
    body = json.dumps(manifest).encode()
    _write(folder / _MANIFEST, body + b"\n" + hashlib.sha256(body).hexdigest().encode())
    named = {entry[part]["name"] for entry in entries for part in ("body", "inverted") if part in entry}
    for file in folder.iterdir():
        if file.name not in named and file.name != _MANIFEST:
            file.unlink()


def load_snapshot(folder: Path, embedder: str, dimension: int) -> Snapshot:
    """Read a snapshot whose every file is what was written. Raises SnapshotRejected."""
    manifest = _read_manifest(folder)
    if (manifest["format"], manifest["analyser"]) != (_FORMAT, ANALYSER):
        raise SnapshotRejected("another version of the service wrote it")
    origin = Origin(**manifest["origin"])
    if (origin.embedder, origin.dimension) != (embedder, dimension):
        raise SnapshotRejected(f"it holds vectors of {origin.embedder}, not of {embedder}")
    return Snapshot(origin, tuple(_read_segment(folder, entry) for entry in manifest["segments"]))


def _read_manifest(folder: Path) -> Any:
    try:
        body, _, digest = (folder / _MANIFEST).read_bytes().partition(b"\n")
    except OSError as error:
        raise SnapshotRejected(f"its manifest cannot be read: {error.strerror}") from error
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise SnapshotRejected("its manifest is damaged")
    return json.loads(body)


def _read_segment(folder: Path, entry: Any) -> Segment:
    arrays = np.load(io.BytesIO(_read(folder, _Stored(**entry["body"]))), allow_pickle=False)
    inverted = None
    if "inverted" in entry:
        file = np.frombuffer(_read(folder, _Stored(**entry["inverted"])), dtype=np.uint8)
        inverted = Inverted(faiss.deserialize_index(file), entry["probes"])
    return Segment(
        name=Path(entry["body"]["name"]).stem,
        chunk_ids=arrays["chunk_ids"],
        dense=DenseSegment.of(arrays["vectors"], inverted),
        lexical=LexicalSegment(**{field.name: arrays[field.name] for field in fields(LexicalSegment)}),
        consolidated=entry["consolidated"],
    )


def _pack(segment: Segment) -> bytes:
    lexical = {field.name: getattr(segment.lexical, field.name) for field in fields(segment.lexical)}
    body = io.BytesIO()
    np.savez(body, chunk_ids=segment.chunk_ids, vectors=segment.dense.vectors, **lexical)
    return body.getvalue()


def _digests(folder: Path) -> dict[str, str]:
    """The files of the snapshot that is there, with their digests."""
    try:
        manifest = _read_manifest(folder)
    except SnapshotRejected:
        return {}
    stored = [entry[part] for entry in manifest["segments"] for part in ("body", "inverted") if part in entry]
    return {item["name"]: item["sha256"] for item in stored}


def _read(folder: Path, stored: _Stored) -> bytes:
    try:
        body = (folder / stored.name).read_bytes()
    except OSError as error:
        raise SnapshotRejected(f"{stored.name} cannot be read: {error.strerror}") from error
    if hashlib.sha256(body).hexdigest() != stored.sha256:
        raise SnapshotRejected(f"{stored.name} is damaged")
    return body


def _write(file: Path, body: bytes) -> str:
    """Write a file so that it is there whole or not at all; returns its SHA-256."""
    draft = file.with_suffix(".draft")
    with draft.open("wb") as stream:
        stream.write(body)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return hashlib.sha256(body).hexdigest()
