"""A believable dealer group to try the product on, built through the very services its people use.

Everything is made from one seed and the day it is built: the same day gives the same group. All names are invented.
"""
