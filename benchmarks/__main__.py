"""Run all benchmarks, or those named on the command line, each in a process of its own."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import benchmarks

NOT_BENCHMARKS = {"__main__", "harness", "frame_views", "serving", "book_seed", "book_days", "book_peers"}


def names() -> list[str]:
    """Every module of this folder that measures something."""
    return sorted({m.name for m in pkgutil.iter_modules(benchmarks.__path__)} - NOT_BENCHMARKS)


def main(wanted: list[str]) -> int:
    """Run the benchmarks `wanted`, or all; an unknown name is refused before anything is measured.

    A process serves one database: what one has set up is nothing to the next. Where one fails the others still run.
    """
    known = names()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    failed = [name for name in wanted or known if _run(name)]
    for name in failed:
        print(f"{name} failed", file=sys.stderr)
    return 1 if failed else 0


def _run(name: str) -> int:
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
