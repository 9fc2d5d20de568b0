"""The room of the catalogue: lenders, products, promotions, models, vehicles, the menu of add-ons."""
