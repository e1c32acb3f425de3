"""Write the sample handbook, corpus/company/onboarding-handbook.docx.

Run it after an edit:

    python samples/handbook.py
"""

import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from docx import Document

TARGET = Path(__file__).parent / "corpus" / "company" / "onboarding-handbook.docx"

PUBLISHED = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Section:
    """A heading with what follows it, in this order; the first row of a table is its header."""

    title: str
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()


TITLE = "Onboarding handbook"

SECTIONS = (
    Section(
        "Your first day",
        paragraphs=(
            "Your first day starts at 09:30 at the reception in Millrace Yard. Your buddy meets you there.",
            "You receive a laptop, a badge and a telephone headset. The badge opens the office from 07:00 to 20:00.",
        ),
    ),
    Section(
        "Your first weeks",
        table=(
            ("Week", "What happens", "With whom"),
            ("1", "Tour of the workshop and the help desk", "Buddy"),
            ("2", "Two days of listening in on customer calls", "Customer care"),
            ("3", "Visit to the warehouse in Oxlade", "Supply planner"),
            ("4", "Talk about the first month", "Line manager"),
        ),
    ),
    Section(
        "Probation",
        paragraphs=(
            "Probation lasts 6 months. There is a talk with the line manager after month 1, month 3 and month 5.",
        ),
    ),
    Section(
        "Training",
        bullets=(
            "The security course is finished within the first 10 working days.",
            "The first-aid course is voluntary and takes 8 hours.",
            "Everybody has a training budget of EUR 900 per calendar year.",
        ),
    ),
    Section(
        "Your laptop",
        paragraphs=(
            "Laptops lock their screen after 10 minutes without input.",
            "The help desk for colleagues answers on extension 412.",
        ),
    ),
    Section(
        "Eating and getting here",
        paragraphs=(
            "Lunch in the canteen costs EUR 4.20 for employees. The canteen is closed on Fridays.",
            "The company pays half of a monthly public transport pass.",
        ),
    ),
)


def render() -> bytes:
    """Return the DOCX file, its clock set to the day of publication so that a rerun leaves no difference."""
    document = Document()
    document.core_properties.title = TITLE
    document.core_properties.author = "People team"
    document.core_properties.created = document.core_properties.modified = PUBLISHED
    document.add_heading(TITLE, level=0)
    document.add_paragraph("Version 1.4, 12 January 2026. Owner: People team.")
    for section in SECTIONS:
        document.add_heading(section.title, level=1)
        for paragraph in section.paragraphs:
            document.add_paragraph(paragraph)
        for bullet in section.bullets:
            document.add_paragraph(bullet, style="List Bullet")
        if section.table:
            table = document.add_table(rows=0, cols=len(section.table[0]), style="Table Grid")
            for row in section.table:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
    written = io.BytesIO()
    document.save(written)
    return with_fixed_clock(written.getvalue())


def with_fixed_clock(package: bytes) -> bytes:
    """Return the same zip package with every member dated PUBLISHED instead of now."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, PUBLISHED.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(name))
    return fixed.getvalue()


if __name__ == "__main__":
    TARGET.write_bytes(render())
