"""Orders and sends a small fax and then a large one; tells how many bytes more the second took."""

import sys
from pathlib import Path

from benchmarks.measuring import peak_memory
from handlers.ordering import Order
from sending import OutgoingFax, Recipient, document_from_file
from settings import read_settings
from wiring import House


def main(names: list[str]) -> None:
    with House(read_settings()) as house:
        house.take_census()
        peaks = []
        for name in names:
            document = document_from_file(Path(name))
            fax = OutgoingFax((Recipient("+12025550111"),), (document,), cover_index=0)
            made = house.outbox.accept(Order(fax))
            house.handover.further(made.id)
            found = house.outbox.find(made.id)
            assert found is not None
            assert found.sending.state == "sent"
            peaks.append(peak_memory())
    sys.stdout.write(str(peaks[1] - peaks[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
