"""Every address of the screens, room by room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from chedai.web.collateral.views import tracker
from chedai.web.contracts.clauses import clause, clauses
from chedai.web.custody import urls as custody
from chedai.web.disbursement.views import payouts
from chedai.web.home.views import home
from chedai.web.loans import urls as loans
from chedai.web.quotes import urls as quotes

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("", include("chedai.web.frame.urls")),
    path("", include("chedai.web.operations.urls")),
    path("style/", include("chedai.web.style.urls")),
    path("", include("chedai.web.reception.urls")),
    path("deals/", include("chedai.web.deals.urls")),
    path("deals/", include("chedai.web.underwriting.deal_urls")),
    path("decisions/", include("chedai.web.underwriting.urls")),
    path("quotes/", include("chedai.web.quotes.urls")),
    path("q/", include(quotes.public)),
    path("deals/", include(quotes.of_deal)),
    path("deals/", include("chedai.web.applications.urls")),
    path("deals/", include("chedai.web.contracts.urls")),
    path("deals/", include("chedai.web.disbursement.urls")),
    path("deals/", include("chedai.web.collateral.urls")),
    path("deals/", include(loans.of_deal)),
    path("deals/", include(custody.of_deal)),
    path("custody/", include("chedai.web.custody.urls")),
    path("payouts/", payouts, name="payouts"),
    path("clauses/", clauses, name="clauses"),
    path("clauses/<slug:code>/", clause, name="clause"),
    path("collection/", include("chedai.web.collection.urls")),
    path("collateral/", tracker, name="collateral"),
    path("m/", include("chedai.web.phone.urls")),
    path("l/", include("chedai.web.phone.loan_urls")),
    path("lender-callback/", include("chedai.web.applications.doors")),
    path("catalog/", include("chedai.web.catalog.urls")),
    path("approvals/", include("chedai.web.approvals.urls")),
    path("loans/", include("chedai.web.loans.urls")),
    path("advances/", include("chedai.web.advances.urls")),
    path("risk/", include("chedai.web.risk.urls")),
    path("audit/", include("chedai.web.audit.urls")),
    path("ledger/", include("chedai.web.ledger.urls")),
    path("jobs/", include("chedai.web.jobs.urls")),
    path("close/", include("chedai.web.close.urls")),
    path("business-date/", include("chedai.web.days.urls")),
    path("messages/", include("chedai.web.messages.urls")),
    path("staff/", include("chedai.web.staff.urls")),
    path("authority/", include("chedai.web.authority.urls")),
    path("reviews/", include("chedai.web.reviews.urls")),
    path("duties/", include("chedai.web.duties.urls")),
    path("policies/", include("chedai.web.policies.urls")),
    path("imports/", include("chedai.web.imports.urls")),
    path("tokens/", include("chedai.web.tokens.urls")),
    path("webhooks/", include("chedai.web.webhooks.urls")),
    path("customers/", include("chedai.web.customers.urls")),
    path("privacy/", include("chedai.web.privacy.urls")),
]
