"""Watching: indicators with limits, alerts closed by people, playbooks, the watch list, month ends, the portfolio."""
