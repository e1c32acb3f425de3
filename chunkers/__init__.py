"""Documents to chunks: every chunk an exact slice of its document's text, within a token limit.

parsed = parse(data, filename="handbook.md")
chunks = chunk(parsed, ChunkLimits(max_tokens=200), count_tokens)
"""

from chunkers.chunking import Chunk, chunk
from chunkers.detection import Detection, detect
from chunkers.document import Block, Cell, ChunkKind, DocumentType, Parsed
from chunkers.errors import ChunkerError, InvalidLimits, Unreadable, UnreadableDocument, UnsupportedType
from chunkers.json_records import RecordField, RecordLeaf, record_fields
from chunkers.limits import ChunkLimits, TokenCounter
from chunkers.parsing import parse
from chunkers.wordwise import WordwiseCounter

__all__ = [
    "Block",
    "Cell",
    "Chunk",
    "ChunkKind",
    "ChunkLimits",
    "ChunkerError",
    "Detection",
    "DocumentType",
    "InvalidLimits",
    "Parsed",
    "RecordField",
    "RecordLeaf",
    "TokenCounter",
    "Unreadable",
    "UnreadableDocument",
    "UnsupportedType",
    "WordwiseCounter",
    "chunk",
    "detect",
    "parse",
    "record_fields",
]
