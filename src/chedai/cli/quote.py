"""`chedai quote`: one plan in full, or every plan side by side."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from chedai.cli.quote_compare import run_compare
from chedai.cli.quote_options import OPTION_OF, dated, parser, quote_asked, refuse_the_ignored
from chedai.cli.quote_table import print_quote
from chedai.cli.results import json_text, quote_csv, quote_out
from chedai.cli.say import Refused, Say
from chedai.engine.errors import EngineError


def main(arguments: Sequence[str], say: Say) -> int:
    """Runs the command. A refusal of the engine is told with the option it came from."""
    asked = parser(say).parse_args(arguments)
    try:
        comparing = asked.compare or asked.catalogue is not None
        refuse_the_ignored(asked, comparing=comparing)
        if comparing:
            return run_compare(asked, say)
        answer = quote_out(quote_asked(asked), say, dated=dated(asked))
    except EngineError as error:
        raise Refused(say.refusal(error, OPTION_OF)) from None
    if asked.json:
        sys.stdout.write(json_text(answer))
    elif asked.csv:
        sys.stdout.write(quote_csv(answer))
    else:
        print_quote(answer, say, full=asked.full)
    return 0
