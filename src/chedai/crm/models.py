"""Where Django finds the models of the rooms."""

from chedai.crm.customers.models import Customer, Former, Relation
from chedai.crm.reception.models import Lead, LeadContact, Need, Visit
from chedai.crm.search.models import SearchWord

__all__ = ["Customer", "Former", "Lead", "LeadContact", "Need", "Relation", "SearchWord", "Visit"]
