"""The lender sandbox (贷款机构沙箱): somebody to send files to, for tests, for the demo, for trying a channel.

A process of its own that knows nothing of the house: it takes submissions over HTTP, decides by seeded rules and
answers by signed webhook; told to, it answers late, twice, out of order, with a bad signature, or never.
"""
