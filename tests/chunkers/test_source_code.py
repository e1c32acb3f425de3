"""Source code: definitions whole, comments with them, every language the same way."""

import pytest

from chunkers import ChunkLimits, DocumentType, chunk, parse
from tests.chunkers.counting import count_tokens

SAMPLES = {
    "a.py": ("# adds é\ndef add(a, b):\n    return a + b\n\n\nX = 1\n", "def add(a, b)"),
    "a.js": ("// adds é\nfunction add(a, b) {\n  return a + b;\n}\n", "function add(a, b)"),
    "a.ts": ("// adds é\nfunction add(a: number): number {\n  return a;\n}\n", "function add(a: number): number"),
    "A.java": ("// adds é\nclass A {\n  int add(int a) { return a; }\n}\n", "class A"),
    "a.go": ("package p\n\n// adds é\nfunc Add(a int) int {\n\treturn a\n}\n", "func Add(a int) int"),
    "a.rs": ("// adds é\nfn add(a: i32) -> i32 {\n    a\n}\n", "fn add(a: i32) -> i32"),
    "a.c": ("// adds é\nint add(int a) {\n  return a;\n}\n", "int add(int a)"),
    "a.rb": ("# adds é\ndef add(a)\n  a\nend\n", "def add(a)"),
}


@pytest.mark.parametrize("filename", SAMPLES)
def test_definition_is_one_block_with_its_comment(filename: str) -> None:
    """A function is a chunk with the comment above it, under its signature."""
    source, signature = SAMPLES[filename]
    parsed = parse(source.encode(), DocumentType.CODE, filename)

    block = next(block for block in parsed.blocks if block.heading_path == (signature,))
    assert "adds é" in parsed.text[block.start : block.end]


def test_methods_of_a_long_class_stand_alone_under_it() -> None:
    """A class too long for a chunk is opened; its methods carry its name."""
    methods = "\n".join(f"    def method_{number}(self):\n        return {'x' * 200!r}\n" for number in range(12))
    parsed = parse(f"class Store:\n    kind = 1\n\n{methods}".encode(), DocumentType.CODE, "a.py")

    assert parsed.blocks[1].heading_path == ("class Store", "def method_0(self)")


def test_long_function_is_cut_at_lines_and_repeats_its_signature() -> None:
    """Parts of a function start at a line and say which function they are from."""
    body = "\n".join(f"    total += prices[{number}] * counts[{number}]" for number in range(60))
    parsed = parse(f"def bill(prices, counts):\n{body}\n".encode(), DocumentType.CODE, "a.py")
    parts = chunk(parsed, ChunkLimits(80), count_tokens)

    assert len(parts) > 1
    assert all("def bill(prices, counts)" in one.embedding_text for one in parts)
    assert all(one.text.startswith(("def", "total")) for one in parts)


def test_language_is_told_from_the_code() -> None:
    """Without a file name the grammar is chosen by the code itself."""
    assert parse(b"import os\n\ndef f(x):\n    return x\n", DocumentType.CODE).blocks[-1].heading_path == ("def f(x)",)
