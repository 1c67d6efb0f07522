"""A document in one of the formats that it can be taken along in."""

from __future__ import annotations

from typing import Literal, get_args

from dashboard.meeting.document import Document

Kind = Literal["pdf", "pptx", "html"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MEDIA_TYPES: dict[Kind, str] = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "html": "text/html",
}


def typeset(kind: str, document: Document) -> bytes:
    """The document as a file of one of ``KINDS``. What sets it is imported only now: most readers want no file."""
    if kind == "pdf":
        from dashboard.exports.meeting_pdf import meeting_pdf

        return meeting_pdf(document)
    if kind == "pptx":
        from dashboard.exports.meeting_pptx import meeting_pptx

        return meeting_pptx(document)
    from dashboard.exports.meeting_html import meeting_html

    return meeting_html(document)
