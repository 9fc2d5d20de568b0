"""Where Django finds the models of the rooms."""

from chedai.deals.pipeline.models import Deal, StageEntry

__all__ = ["Deal", "StageEntry"]
