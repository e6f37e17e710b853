"""The ledger file and the catalog's copy of it, side by side: which line is true, which is not."""

import heapq
from collections.abc import Iterable, Iterator
from itertools import groupby

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from archive.finding import Finding
from archive.ledger import LedgerLine, fault, walk_chain
from archive.ledger_file import LedgerFile

Item = LedgerLine | Finding
_Tagged = tuple[int, int, Item]
"""Seq, side (0 the file, 1 the catalog), and what stands there."""


def compare_ledgers(
    file: LedgerFile, rows: Iterable[LedgerLine], public_key: Ed25519PublicKey
) -> Iterator[Item]:
    """Yield findings, and once each, in order of seq, the lines that are truly signed.

    `rows` is the catalog's copy in order of seq. A line the file has not got (yet) is missing
    from it. Lines written to the file after we began, which the rows may not know, are no finding.
    """
    tail = file.tail_seq()
    sides = _tag(walk_chain(file.read(), public_key), 0), _tag(_checked(rows, public_key), 1)
    merged = heapq.merge(*sides, key=lambda tagged: tagged[:2])
    for seq, group in groupby(merged, key=lambda tagged: tagged[0]):
        lines: dict[int, LedgerLine] = {}
        for _, side, item in group:
            if isinstance(item, Finding):
                yield item
            else:
                lines[side] = item
        yield from _judge(seq, lines, tail)


def _tag(items: Iterable[Item], side: int) -> Iterator[_Tagged]:
    seq = 0
    for item in items:
        # A finding keeps its place behind the line before it.
        seq = seq if isinstance(item, Finding) else item.seq
        yield seq, side, item


def _checked(rows: Iterable[LedgerLine], public_key: Ed25519PublicKey) -> Iterator[Item]:
    last = 0
    for row in rows:
        wrong = fault(row, public_key)
        if wrong:
            yield Finding("changed", "row", f"line {row.seq}", wrong)
        elif row.seq <= last:
            yield Finding("extra", "row", f"line {row.seq}", "it stands after a later row")
        else:
            last = row.seq
            yield row


def _judge(seq: int, lines: dict[int, LedgerLine], tail: int) -> Iterator[Item]:
    written, row = lines.get(0), lines.get(1)
    where = f"line {seq}"
    if written and row and written.text != row.text:
        yield Finding("changed", "row", where, "it is signed, but other than the ledger file's")
    elif row and not written:
        yield Finding("missing", "ledger line", where, "the catalog has it, the file has not")
    elif written and not row and seq <= tail:
        yield Finding("missing", "row", where, "the ledger file has it, the catalog has not")
    true = written or row
    if true:
        yield true
