"""The contract tab of a deal: statement, accounts, promises, contract, signing, changes; and the clauses."""
