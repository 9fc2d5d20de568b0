"""The customer's addresses of their loan: all begin with the token of a link."""

from __future__ import annotations

from django.urls import path

from chedai.web.phone import loan

urlpatterns = [
    path("<str:token>/", loan.home, name="my_loan"),
    path("<str:token>/plan/", loan.plan, name="my_loan_plan"),
    path("<str:token>/account/", loan.account, name="my_loan_account"),
    path("<str:token>/payoff/", loan.payoff, name="my_loan_payoff"),
    path("<str:token>/payoff/withdraw/", loan.withdraw, name="my_loan_withdraw"),
    path("<str:token>/prepay/", loan.prepay, name="my_loan_prepay"),
    path("<str:token>/certificate/", loan.certificate, name="my_loan_certificate"),
]
