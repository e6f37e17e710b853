"""What it costs to send 50 MB in each form, and to look into and flatten a PDF form.

The receiver is a process of its own that reads and forgets. Memory is the growth of the sender's
peak (VmHWM) beyond that of a fax of a few bytes. References: `requests` with its own multipart for
the memory, Ghostscript's pdfwrite, where it is installed, for flattening.
"""

import io
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

import pikepdf
import requests
from pikepdf import Array, Dictionary, Name

from benchmarks.measuring import Goal, peak_memory, quick_wanted, show
from benchmarks.processes import module, running
from ringcentral_api import SendingClient
from sending import (
    FORMS,
    OutgoingFax,
    Recipient,
    document_from_bytes,
    document_from_file,
    document_from_text,
    fax_request,
    flatten,
)
from sending.confined import run
from sending.pdf_program import baked
from settings import Settings
from wiring import House

MIB = 1024 * 1024
LARGE = 49 * MIB
BASE64_LARGE = 40 * MIB
TO = (Recipient("+16505550123"),)
REFERENCE = "requests, files="


class Sink(BaseHTTPRequestHandler):
    """Logs anybody in, takes any fax, keeps nothing."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        left = int(self.headers["Content-Length"])
        while left:
            left -= len(self.rfile.read(min(left, MIB)))
        answer = {"id": 1, "messageStatus": "Queued", "access_token": "t", "expires_in": 3600}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def serve() -> None:
    """Print the address, then take faxes until killed."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


def send(url: str, form: str, file: str) -> None:
    """Send a small fax, then a large one; print the growth of the peak and the seconds."""
    with ExitStack() as held:
        folder = held.enter_context(tempfile.TemporaryDirectory())
        house = held.enter_context(House(Settings.from_env(_environment(url, folder))))
        client = house.sender(next(iter(house.logins)))
        deliver = _by_requests(url) if form == REFERENCE else _by_us(client, form)
        deliver(None)
        before, start = peak_memory(), time.perf_counter()
        deliver(Path(file))
        print(json.dumps([peak_memory() - before, time.perf_counter() - start]))


def _environment(url: str, folder: str) -> dict[str, str]:
    words = ("RC_APP_CLIENT_ID", "RC_APP_CLIENT_SECRET", "RC_USER_JWT")
    addresses = {"RC_SERVER_URL": url, "RC_MEDIA_URL": url, "FAXKEEP_DATA": f"{folder}/data"}
    return {**dict.fromkeys(words, "x"), **addresses}


def _by_us(client: SendingClient, form: str) -> Callable[[Path | None], None]:
    def deliver(file: Path | None) -> None:
        document = document_from_file(file) if file else document_from_text("x")
        client.request(fax_request(OutgoingFax(TO, (document,)), form=form))

    return deliver


def _by_requests(url: str) -> Callable[[Path | None], None]:
    def deliver(file: Path | None) -> None:
        with file.open("rb") if file else io.BytesIO(b"x") as opened:
            files = {"attachment": ("large.pdf", opened, "application/pdf")}
            requests.post(url, data={"to": TO[0].number}, files=files, timeout=60)

    return deliver


def memory(passes: int) -> list[dict[str, object]]:
    """A row for each form."""
    with ExitStack() as held:
        folder = held.enter_context(tempfile.TemporaryDirectory())
        receiver = held.enter_context(running([*module("benchmarks.sending"), "serve"], {}))
        assert receiver.stdout is not None
        url = receiver.stdout.readline().strip()
        return [_row(url, form, Path(folder), passes) for form in (REFERENCE, *FORMS)]


def _row(url: str, form: str, folder: Path, passes: int) -> dict[str, object]:
    file = folder / f"{form.replace('/', ' ')}.pdf"
    with file.open("wb") as made:
        made.truncate(BASE64_LARGE if form == "mixed-base64" else LARGE)
    words = [*module("benchmarks.sending"), "send", url, form, str(file)]
    told = [json.loads(subprocess.check_output(words)) for _ in range(passes)]
    return {
        "what": f"{file.stat().st_size // MIB} MiB, {form}",
        "memory, MiB": round(median(each[0] for each in told) / MIB, 1),
        "ms": round(median(each[1] for each in told) * 1000),
    }


def forms(passes: int) -> list[dict[str, object]]:
    """A row for each thing done to a form of eight fields that viewers are to draw."""
    data = form_to_be_drawn()
    document = document_from_bytes("form.pdf", data)
    work: dict[str, Callable[[], object]] = {
        "flatten a form, in this process": lambda: baked(io.BytesIO(data)),
        "flatten a form, in its own process": lambda: flatten(document),
        "look into a form, in its own process": lambda: run("read", document),
        "pikepdf: generate and flatten (cuts, writes ?)": lambda: _by_pikepdf(data),
    }
    if shutil.which("gs"):
        work["Ghostscript pdfwrite"] = lambda: _by_ghostscript(data)
    return [
        {"what": what, "memory, MiB": "", "ms": round(_seconds(job, passes) * 1000, 1)}
        for what, job in work.items()
    ]


def form_to_be_drawn() -> bytes:
    """One page with eight filled text fields without pictures."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(612, 792))
        fields = Array([pdf.make_indirect(_field(place)) for place in range(8)])
        page.obj.Annots = fields
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        resources = Dictionary(Font=Dictionary(Helv=font))
        pdf.Root.AcroForm = Dictionary(Fields=fields, DR=resources, NeedAppearances=True)
        pdf.save(out)
    return out.getvalue()


def _field(place: int) -> Dictionary:
    low = 100 + 40 * place
    return Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Tx,
        T=f"field {place}",
        V=f"Value number {place}",
        DA="/Helv 12 Tf 0 g",
        Rect=Array([72, low, 300, low + 20]),
        F=4,
    )


def _by_pikepdf(data: bytes) -> None:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.generate_appearance_streams()
        pdf.flatten_annotations("all")
        pdf.save(io.BytesIO())


def _by_ghostscript(data: bytes) -> None:
    words = ["gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-sOutputFile=-", "-"]
    subprocess.run(words, input=data, stdout=subprocess.DEVNULL, check=True)


def _seconds(job: Callable[[], object], passes: int) -> float:
    times = []
    for _ in range(passes):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return median(times)


def main(*, quick: bool) -> None:
    """Measure and print."""
    rows = memory(1 if quick else 3)
    worst = max(float(str(row["memory, MiB"])) for row in rows[1:])
    shown = [*rows, *forms(5 if quick else 30)]
    show(shown, [Goal("memory for 50 MB in the worst form, MiB", worst, high=4)])


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve()
    elif sys.argv[1:2] == ["send"]:
        send(*sys.argv[2:])
    else:
        main(quick=quick_wanted(__doc__))
