"""The list page: declare columns and filters once, and the page, its views, its totals and its Excel follow.

JOBS = ListSpec(key="jobs", title=_("后台任务"), permission="job.read", rows=lambda request: jobs(), columns=(...), ...)

@door("job.read")
def job_list(request: Request) -> HttpResponse:
    return list_page(request, JOBS)

The address holds the whole state (search, filters, sorting, grouping, page), so that a list can be sent to somebody.
What leaves as Excel is what the page shows: the same rows, in the same order, in the same columns, masked the same way.
"""
