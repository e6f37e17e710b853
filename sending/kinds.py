"""The types of file that RingCentral faxes, known by their ending and by their first bytes.

developers.ringcentral.com/guide/messaging/fax/sending-faxes names the endings.
"""

from dataclasses import dataclass

PDF, TIFF, TEXT, WORD_X, EXCEL_X, POWERPOINT_X, OLE = (
    "PDF",
    "TIFF",
    "text",
    "Word (docx)",
    "Excel (xlsx)",
    "PowerPoint (pptx)",
    "older Office",
)
RTF, PSD, GIF, JPEG, BMP, PNG = "RTF", "Photoshop", "GIF", "JPEG", "BMP", "PNG"
UNKNOWN = ""
"""What no signature tells; types that have none may look so."""


@dataclass(frozen=True)
class Kind:
    """One type: `looks` are what its bytes may look like (see `looks_like`)."""

    program: str
    content_type: str
    endings: tuple[str, ...]
    looks: tuple[str, ...]


KINDS = (
    Kind("PDF", "application/pdf", ("pdf",), (PDF,)),
    Kind("Photoshop", "image/vnd.adobe.photoshop", ("psd",), (PSD,)),
    Kind("Word", "application/msword", ("doc", "dot"), (OLE, RTF)),
    Kind(
        "Word",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ("docx",),
        (WORD_X,),
    ),
    Kind("Word for Mac", "application/msword", ("mcw",), (OLE, UNKNOWN)),
    Kind("Excel", "application/vnd.ms-excel", ("xls",), (OLE, UNKNOWN)),
    Kind(
        "Excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ("xlsx",),
        (EXCEL_X,),
    ),
    Kind(
        "Excel",
        "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
        ("xlsb",),
        (EXCEL_X,),
    ),
    Kind("PowerPoint", "application/vnd.ms-powerpoint", ("ppt",), (OLE,)),
    Kind(
        "PowerPoint",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ("pptx",),
        (POWERPOINT_X,),
    ),
    Kind("Visio", "application/vnd.visio", ("vsd",), (OLE,)),
    Kind("Visio", "application/vnd.visio", ("vdx",), (TEXT,)),
    Kind("Publisher", "application/x-mspublisher", ("pub",), (OLE,)),
    Kind("Works", "application/vnd.ms-works", ("wps",), (OLE, UNKNOWN)),
    Kind("Windows Write", "application/x-mswrite", ("wri",), (UNKNOWN, OLE)),
    Kind("Microsoft Fax", "application/octet-stream", ("awd",), (UNKNOWN, OLE)),
    Kind("pictures", "image/tiff", ("tif", "tiff"), (TIFF,)),
    Kind("pictures", "image/gif", ("gif",), (GIF,)),
    Kind("pictures", "image/jpeg", ("jpg", "jpeg"), (JPEG,)),
    Kind("pictures", "image/bmp", ("bmp",), (BMP,)),
    Kind("pictures", "image/png", ("png",), (PNG,)),
    Kind("pictures", "image/x-pcx", ("pcx",), (UNKNOWN,)),
    Kind("pictures", "image/x-tga", ("tga",), (UNKNOWN,)),
    Kind("rich text", "application/rtf", ("rtf",), (RTF,)),
    Kind("text", "text/plain", ("txt", "log", "err"), (TEXT,)),
    Kind("program text", "text/plain", ("c", "h", "cpp", "hpp"), (TEXT,)),
    Kind("Lotus 1-2-3", "application/vnd.lotus-1-2-3", ("wk1", "wk3", "wk4"), (UNKNOWN,)),
    Kind("Quattro Pro", "application/x-quattro-pro", ("wq1",), (UNKNOWN,)),
    Kind("XML", "application/xml", ("xml",), (TEXT,)),
    Kind("HTML", "text/html", ("html", "htm"), (TEXT,)),
    Kind("comma-separated values", "text/csv", ("csv",), (TEXT,)),
)
BY_ENDING = {ending: kind for kind in KINDS for ending in kind.endings}
_ENDING_OF_TYPE = {
    **{kind.content_type: kind.endings[0] for kind in reversed(KINDS)},
    "application/x-pdf": "pdf",
    "text/rtf": "rtf",
    "text/xml": "xml",
    "image/x-ms-bmp": "bmp",
    "image/jpg": "jpg",
}
_HEADS = (
    (b"%PDF-", PDF),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
    (b"{\\rtf", RTF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"8BPS", PSD),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"BM", BMP),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
)
_OFFICE = ((b"word/", WORD_X), (b"xl/", EXCEL_X), (b"ppt/", POWERPOINT_X))
_NOT_IN_TEXT = frozenset(range(32)) - frozenset(b"\t\n\x0b\x0c\r\x1a\x1b\x08")
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_PDF_HEAD = 1024
_LAST = {
    PNG: b"IEND",
    JPEG: b"\xff\xd9",
    GIF: b";",
    **dict.fromkeys((WORD_X, EXCEL_X, POWERPOINT_X), b"PK\x05\x06"),
}
"""Marks without which the end of a file is missing; PDF and TIFF are looked into."""
ENDS = 64 * 1024
"""How many bytes of either end of a file are enough to tell what it looks like."""


def ending_of_type(content_type: str) -> str:
    """The ending a media type stands for; "" for those that name none of ours."""
    essence = content_type.partition(";")[0].strip().lower()
    found = _ENDING_OF_TYPE.get(essence, "")
    return "" if essence == "application/octet-stream" else found


def looks_like(head: bytes, tail: bytes) -> str:
    """What the first and last bytes look like: one of the words above, or UNKNOWN."""
    for mark, look in _HEADS:
        if head.startswith(mark) and (look != BMP or not _is_text(head)):
            return look
    if head.startswith(b"PK\x03\x04"):
        return _zipped(head, tail)
    if _is_text(head):
        return PDF if b"%PDF-" in head[:_PDF_HEAD] else TEXT
    return PDF if b"%PDF-" in head[:_PDF_HEAD] else UNKNOWN


def is_cut(look: str, tail: bytes) -> bool:
    """Whether the last bytes show that the end of the file is missing."""
    return _LAST.get(look, b"") not in tail


def is_locked_office(look: str, head: bytes, tail: bytes) -> bool:
    """Whether an Office file is behind a password: then its parts lie in one encrypted stream."""
    mark = "EncryptedPackage".encode("utf-16-le")
    return look == OLE and (mark in head or mark in tail)


def _zipped(head: bytes, tail: bytes) -> str:
    """Office files are zips: the names of their parts stand in the clear, at the end again."""
    for folder, look in _OFFICE:
        if folder in tail or folder in head:
            return look
    return "ZIP"


def _is_text(head: bytes) -> bool:
    return head.startswith(_BYTE_ORDER_MARKS) or not _NOT_IN_TEXT.intersection(head)
