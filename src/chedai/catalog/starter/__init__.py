"""The starter catalogue: invented lenders, products, promotions, models and add-ons, as TOML, to begin with."""
