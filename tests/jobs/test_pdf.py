"""The pages of PDFs, also as pypdf counts them."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from support.media import packed_pdf, pdf

from modelroute_cli.jobs.pdf import pdf_pages


def written(pages: int, *, password: str | None = None) -> bytes:
    """A PDF that another program wrote."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 100)
    if password is not None:
        writer.encrypt(password)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("pages", [1, 2, 117])
def test_the_page_tree_says_how_many(pages: int) -> None:
    """Written out, in a compressed object stream, and by another program; pypdf counts the same."""
    assert pdf_pages(pdf(pages)) == pdf_pages(packed_pdf(pages)) == pages
    assert pdf_pages(written(pages)) == len(PdfReader(BytesIO(written(pages))).pages) == pages


def test_the_last_word_counts() -> None:
    """A program that changes a file appends: what stands there later holds."""
    changed = pdf(3) + b"\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n"
    assert pdf_pages(changed) == 1


@settings(max_examples=10)
@given(st.integers(1, 5), st.integers(1, 5))
def test_a_file_that_grew_is_counted_as_pypdf_does(before: int, more: int) -> None:
    """Pages appended behind what was there."""
    writer = PdfWriter(BytesIO(written(before)), incremental=True)
    for _ in range(more):
        writer.add_blank_page(100, 100)
    out = BytesIO()
    writer.write(out)
    assert pdf_pages(out.getvalue()) == len(PdfReader(out).pages)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no PDF",
        b"%PDF-1.7\n",
        written(3, password="x"),  # noqa: S106 - a test's
        pdf(0),
        pdf(2).replace(b"/Count 2", b"/Count 9 0 R"),
        pdf(2).replace(b"/Type /Pages", b"/Type /Other"),
        pdf(2).replace(b"/Pages 2 0 R", b"/Pages 77 0 R"),
        packed_pdf(2).replace(b"/FlateDecode", b"/LZWDecode  "),
        packed_pdf(2).replace(b"stream\nx", b"stream\ny", 1),
    ],
)
def test_what_is_not_sure_is_not_known(content: bytes) -> None:
    """No PDF, encrypted, damaged, or built in another way: no guess."""
    assert pdf_pages(content) is None


@given(st.binary(max_size=400))
def test_no_bytes_break_it(content: bytes) -> None:
    """A number from one on, or none."""
    for whole in (b"%PDF-" + content, packed_pdf(2)[:-40] + content):
        pages = pdf_pages(whole)
        assert pages is None or pages >= 1
