"""The paper: what everything costs is shown and read first, then the contract of the approved figures is signed."""
