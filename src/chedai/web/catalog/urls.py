"""Addresses of the catalogue."""

from __future__ import annotations

from django.urls import path

from chedai.web.catalog import add_ons, lenders, products, promotions, vehicles

urlpatterns = [
    path("lenders/", lenders.lenders, name="lenders"),
    path("lenders/new/", lenders.lender_new, name="lender_new"),
    path("lenders/<slug:code>/", lenders.lender, name="lender"),
    path("lenders/<slug:code>/change/", lenders.lender_change, name="lender_change"),
    path("lenders/<slug:code>/agreement/", lenders.agreement_new, name="agreement_new"),
    path("lenders/<slug:code>/contact/", lenders.contact_new, name="lender_contact"),
    path("lenders/<slug:code>/block/", lenders.lender_block, name="lender_block"),
    path("lenders/<slug:code>/unblock/", lenders.lender_unblock, name="lender_unblock"),
    path("lenders/<slug:code>/papers/<int:paper_id>/", lenders.lender_paper, name="lender_paper"),
    path("products/", products.products, name="products"),
    path("products/new/", products.product_new, name="product_new"),
    path("products/versions/<int:pk>/write/", products.version_edit, name="version_edit"),
    path("products/versions/<int:pk>/submit/", products.version_submit, name="version_submit"),
    path("products/versions/<int:pk>/withdraw/", products.version_withdraw, name="version_withdraw"),
    path("products/<slug:code>/", products.product, name="product"),
    path("products/<slug:code>/write/", products.version_new, name="version_new"),
    path("promotions/", promotions.promotions, name="promotions"),
    path("promotions/new/", promotions.promotion_new, name="promotion_new"),
    path("promotions/rule/", promotions.shelf_rule, name="shelf_rule"),
    path("promotions/<slug:code>/", promotions.promotion, name="promotion"),
    path("promotions/<slug:code>/stop/", promotions.promotion_stop, name="promotion_stop"),
    path("models/", vehicles.models, name="models"),
    path("models/new/", vehicles.model_new, name="model_new"),
    path("models/<slug:code>/", vehicles.model, name="model"),
    path("vehicles/", vehicles.vehicles, name="vehicles"),
    path("vehicles/new/", vehicles.vehicle_new, name="vehicle_new"),
    path("vehicles/check/", vehicles.vehicle_check, name="vehicle_check"),
    path("vehicles/<int:pk>/", vehicles.vehicle, name="vehicle"),
    path("vehicles/<int:pk>/change/", vehicles.vehicle_change, name="vehicle_change"),
    path("vehicles/<int:pk>/value/", vehicles.valuation_new, name="valuation_new"),
    path("vehicles/<int:pk>/bundled/", vehicles.bundled_new, name="bundled_new"),
    path("add-ons/", add_ons.add_ons, name="add_ons"),
    path("add-ons/new/", add_ons.add_on_new, name="add_on_new"),
    path("add-ons/<slug:code>/", add_ons.add_on, name="add_on"),
]
