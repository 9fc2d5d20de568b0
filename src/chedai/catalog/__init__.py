"""What is sold, by whom and against what: lenders, their products and promotions, vehicles."""
