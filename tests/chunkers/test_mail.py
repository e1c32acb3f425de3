"""E-mail: fields, bodies, quotes, signatures, attachments."""

from chunkers import ChunkKind, ChunkLimits, DocumentType, chunk, parse
from tests.chunkers.counting import count_tokens

REPLY = """\
From: Ann <ann@shop.example>
To: bob@home.example
Subject: =?utf-8?q?Your_order_=E2=82=AC?=
Received: from somewhere

It ships on Monday.

--{space}
Ann, the shop

On Tue, 3 Mar 2026, Bob wrote:
> Where is my order?
""".format(space=" ")


def test_fields_are_decoded_and_transport_is_left_out() -> None:
    """Who, to whom and about what open the text; the way the message took does not."""
    parsed = parse(REPLY.encode(), DocumentType.EMAIL)

    assert parsed.title == "Your order €"
    assert parsed.text.startswith("From: Ann <ann@shop.example>\nTo: bob@home.example\nSubject: Your order €\n\n")
    assert "Received" not in parsed.text


def test_own_words_quote_and_signature_are_told_apart() -> None:
    """What the sender says now is not mixed with what was said before."""
    blocks = parse(REPLY.encode(), DocumentType.EMAIL).blocks

    assert [block.kind for block in blocks] == [ChunkKind.RECORD, ChunkKind.PROSE, ChunkKind.SIGNATURE, ChunkKind.QUOTE]
    assert blocks[-1].context == "Quoted message from Bob"


def test_quoted_messages_share_no_chunk() -> None:
    """In a thread, the farewell of one message does not end up with the head of the message below it."""
    thread = (
        "Subject: x\n\nYes.\n\nOn Tue, 3 Mar 2026, Bob wrote:\nMay I?\n\nRegards,\nBob\n\n"
        "_____\nFrom: Ann <ann@shop.example>\nSent: Monday\nTo: Bob\n\nAsk first.\n"
    )
    quotes = [
        one
        for one in chunk(parse(thread.encode(), DocumentType.EMAIL), ChunkLimits(200), count_tokens)
        if one.kind is ChunkKind.QUOTE
    ]

    assert [one.context_prefix.splitlines()[-1] for one in quotes] == [
        "Quoted message from Bob",
        "Quoted message from Ann",
    ]
    assert quotes[0].text.endswith("Bob")


def test_plain_body_is_preferred_and_attachments_are_named() -> None:
    """Of two versions of a body one is read; a file attached is named, not read."""
    source = (
        b"Subject: x\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: multipart/alternative; boundary=a\n\n"
        b"--a\nContent-Type: text/plain\n\nplain words\n--a\nContent-Type: text/html\n\n<p>html words</p>\n--a--\n"
        b'--m\nContent-Type: application/pdf; name="bill.pdf"\n\nxx\n--m--\n'
    )
    text = parse(source, DocumentType.EMAIL).text

    assert "plain words" in text
    assert "html words" not in text
    assert "Attachments: bill.pdf" in text


def test_html_body_is_read_when_it_is_the_only_one() -> None:
    """An HTML-only message is read as its text."""
    assert parse(b"Subject: x\nContent-Type: text/html\n\n<p>html <b>words</b></p>", DocumentType.EMAIL).text.endswith(
        "html words"
    )


def test_attached_message_is_read() -> None:
    """A forwarded message is part of the text, fields first."""
    source = b"Subject: outer\nContent-Type: message/rfc822\n\nSubject: inner\n\ninner words\n"

    assert parse(source, DocumentType.EMAIL).text == "Subject: outer\n\nSubject: inner\n\ninner words"
