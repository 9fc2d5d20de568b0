"""G7: the audit log beside a bare SHA-256 and beside pymerkle.

An entry here is one as the product writes it, about 250 bytes. Appending is the chain alone (the database's own cost is
not the log's); chain and tree is what a checkpoint needs; verifying reads an export from disk, every line of it.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pymerkle import InmemoryTree

from benchmarks.harness import Report, measure
from chedai.platform.audit import export
from chedai.platform.audit.chain import Chain, MerkleTree, canonical
from chedai.platform.audit.entries import Entry, Scalar
from chedai.platform.audit.signing import sign

ENTRIES = 200_000
SAMPLE = 20_000


def bodies(count: int) -> list[bytes]:
    """Entries as the product writes them."""
    facts: dict[str, Scalar] = {
        "amount": 12_500_000,
        "digest": hashlib.sha256(b"x").hexdigest(),
        "state": "approved",
        "step": 1,
    }
    entry = Entry("person:17", "approval.decided", "approval:12345", facts, "收入证明已核实")
    return [canonical(entry, n, "2026-11-20T02:00:00.000000+00:00", "2026-11-20") for n in range(1, count + 1)]


def bare(lines: Sequence[bytes]) -> bytes:
    """SHA-256 of each entry, and nothing else."""
    digest = b""
    for line in lines:
        digest = hashlib.sha256(line).digest()
    return digest


def append(lines: Sequence[bytes]) -> bytes:
    """The chain."""
    chain = Chain()
    for line in lines:
        chain.append(line)
    return chain.head


def chain_and_tree(lines: Sequence[bytes]) -> bytes:
    """The chain and the Merkle root over it."""
    tree = MerkleTree()
    tree.add(Chain().extend(lines))
    return tree.root()


def peer(lines: Sequence[bytes]) -> bytes:
    """The same entries in pymerkle's tree, and its root."""
    tree = InmemoryTree(algorithm="sha256")
    for line in lines:
        tree.append_entry(line)
    root: bytes = tree.get_root()
    return root


def main() -> None:
    """Measure, print, save."""
    report = Report("audit", "G7: the audit log", packages=("numpy", "pymerkle"))
    lines = bodies(ENTRIES)
    links = Chain().extend(lines)
    hashing = measure(lambda: bare(lines))
    appending = measure(lambda: append(lines))
    both = measure(lambda: chain_and_tree(lines))
    pymerkle = measure(lambda: peer(lines[:SAMPLE]), repeats=3).scaled(ENTRIES / SAMPLE)
    tree = MerkleTree()
    tree.add(links)
    out = io.BytesIO()
    numbered = ((n, body, link) for n, (body, link) in enumerate(zip(lines, links, strict=True), start=1))
    export.write(out, numbered, ENTRIES, links[-1], [sign(bytes(32), ENTRIES, tree.root(), "2026-11-20")])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log"
        file.write_bytes(out.getvalue())
        reading = measure(lambda: export.verify_file(file))
        unsound = 0 if export.verify_file(file).sound else 1
    for label, timing in (
        (f"bare SHA-256 of {len(lines[0])} bytes", hashing),
        ("append to the chain", appending),
        ("chain and Merkle root", both),
        (f"pymerkle (timed on {SAMPLE:,})", pymerkle),
        ("verify an export from disk, checkpoint included", reading),
    ):
        report.row(label, timing, per_unit="entry", n=ENTRIES)
    report.ratio("append over a bare SHA-256", hashing.over(appending), "<= 1.5")
    report.ratio("chain and Merkle faster than pymerkle", both.over(pymerkle), ">= 5")
    report.ratio("verify from disk over a bare SHA-256", hashing.over(reading), "<= 3")
    report.ratio("exports found unsound", unsound, "== 0")
    report.print()
    report.save()


if __name__ == "__main__":
    main()
