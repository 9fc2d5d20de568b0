"""The pages of watching: alerts, indicators, the watch list, the portfolio."""
