"""The form pattern: errors on top and at the field, drafts that keep themselves, a second click that does nothing.

A form is an ordinary Django form. `page.form_page` runs it; `fields` has amounts in yuan, rates in percent and identity
numbers; `rendering` gives every form of the product, those of the accounts included, the same look.
"""
