"""Run all benchmarks, or those named on the command line, each by its `main()`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks

NOT_BENCHMARKS = {"__main__", "harness", "frame_views", "serving", "book_seed", "book_days", "book_peers"}


def names() -> list[str]:
    """Every module of this folder that measures something."""
    return sorted({m.name for m in pkgutil.iter_modules(benchmarks.__path__)} - NOT_BENCHMARKS)


def main(wanted: list[str]) -> int:
    """Run the benchmarks `wanted`, or all; an unknown name is refused before anything is measured."""
    known = names()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    for name in wanted or known:
        importlib.import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
