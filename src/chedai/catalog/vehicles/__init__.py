"""Vehicles (车辆): the models that are sold, single cars by VIN, what they are worth, and in which deal one stands."""
