"""The decision (审批): facts and rules in, grade, limit and reasons out; two people between it and the contract."""
