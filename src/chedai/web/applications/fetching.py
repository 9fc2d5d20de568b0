"""Where lenders fetch the papers of the files they were sent."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chedai.deals.applications.services.lending_papers import paper_fetch
from chedai.org.doors import open_door
from chedai.platform.calls.services import TooOften, call_count
from chedai.platform.errors import NotFound
from chedai.platform.privacy.keys import fingerprint

CALLS_A_MINUTE: Final = 600


@open_door("a signed address: one paper of one submission, for one lender, for some days, every opening on record")
@never_cache
@require_GET
def lender_paper(request: HttpRequest, lender: str, token: str) -> HttpResponse:
    """The bytes of one paper. 404 for every address that does not open, 429 for too many calls."""
    try:
        call_count(caller=f"lender:{fingerprint(lender.encode())[:32]}", limit=CALLS_A_MINUTE)
        paper, content = paper_fetch(lender_code=lender, token=token)
    except TooOften as often:
        return HttpResponse(status=429, headers={"Retry-After": str(often.seconds)})
    except NotFound:
        return HttpResponse(status=404)
    answer = HttpResponse(content, content_type=paper.media_type)
    answer["Content-Disposition"] = "attachment"  # without its name: people call papers by whose they are
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
