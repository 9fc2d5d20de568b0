"""A second pair of eyes: what one person prepares, others release (复核, maker-checker).

What is to be approved is frozen as bytes and known by its hash. Whoever decides states the hash that was on their
screen, and what is carried out later must still have it; a change in between voids the approval.
"""
