"""Money and news by the file: bank statements, direct debits and their answers, the banks' own lists, reminders.

Files come in through `platform/imports`: dry run, bad rows back with the reason, resumed after a kill, taken out again
within a day. Every row that brings money goes through `loan_repay` under a key of its own, so no file posts twice.
"""
