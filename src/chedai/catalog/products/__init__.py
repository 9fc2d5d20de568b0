"""Products (产品): what may be sold on which day, in versions nobody changes; promotions, and the menu of add-ons."""
