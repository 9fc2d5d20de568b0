"""The address of the decision tab, inside those of a deal."""

from __future__ import annotations

from django.urls import path

from chedai.web.underwriting import tab

urlpatterns = [path("<str:number>/decision/", tab.decision_tab, name="deal_decision")]
