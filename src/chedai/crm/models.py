"""Where Django finds the models of the rooms."""

from chedai.crm.customers.models import Customer, Relation

__all__ = ["Customer", "Relation"]
