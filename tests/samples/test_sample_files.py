import io
import json
import runpy
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import docx

SAMPLES = Path(__file__).parents[2] / "samples"

TWIN_FIELDS_THAT_DIFFER = {"customer", "plan", "loyalty_points", "appliances", "newsletter", "open_cases"}


def record(name: str) -> dict[str, Any]:
    """The content of a JSON record of the corpus."""
    content: dict[str, Any] = json.loads((SAMPLES / "corpus" / "records" / name).read_text(encoding="utf-8"))
    return content


def docx_lines(data: bytes) -> list[str]:
    """The paragraphs of a DOCX file, then its table cells."""
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells


def test_the_datasheet_is_what_its_script_writes() -> None:
    """Running samples/datasheet.py leaves the committed PDF unchanged, byte for byte."""
    written = runpy.run_path(str(SAMPLES / "datasheet.py"))["render"]()
    assert (SAMPLES / "corpus/products/brisel-2-datasheet.pdf").read_bytes() == written


def test_the_handbook_is_what_its_script_writes() -> None:
    """The committed DOCX holds the text of samples/handbook.py; its packaging may differ between library versions."""
    written = runpy.run_path(str(SAMPLES / "handbook.py"))["render"]()
    assert docx_lines((SAMPLES / "corpus/company/onboarding-handbook.docx").read_bytes()) == docx_lines(written)


def test_the_twins_differ_only_where_a_mix_up_would_show() -> None:
    """The two customers have the same fields, name, town and date, and different keys."""
    one, other = record("customer-1041.json"), record("customer-1047.json")
    assert one.keys() == other.keys()
    assert {field for field in one if one[field] != other[field]} == TWIN_FIELDS_THAT_DIFFER


def test_orders_add_up() -> None:
    """The total of an order is the sum of its lines and its delivery fee."""
    for name in ("order-70412.json", "order-70418.json"):
        order = record(name)
        lines = sum(line["quantity"] * line["unit_price_eur"] for line in order["lines"])
        assert lines + order["delivery_fee_eur"] == order["total_eur"]


def test_emails_parse_without_defects() -> None:
    """The e-mails are well-formed messages with a plain text body."""
    for path in (SAMPLES / "corpus" / "support").glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert message.defects == []
        assert message.get_content_type() == "text/plain"
