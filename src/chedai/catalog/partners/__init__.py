"""Partners (合作机构): who lends, under which agreement, and the proof that they may."""
