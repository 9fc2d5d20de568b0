"""What the turn bar of a deal says while the application has it. Chinese as stored; the screens translate it."""

from __future__ import annotations

from typing import Final

from chedai.platform.actors import system

HOUSE: Final = system("applications")
"""Who acts where an event or a lender moved the file, and no person."""

FILL: Final = "补全申请表与资料，提交进件"
AFTER_RETURN: Final = "按退回意见补件，再次提交"
ANSWER_LENDER: Final = "贷款机构要求补件"
DECIDE: Final = "审核资料并作出决定"
CHOOSE_LENDER: Final = "把进件送给贷款机构"
WAIT_LENDER: Final = "等待贷款机构答复"
TAKE_APPROVAL: Final = "贷款机构已批复，请选定一家"
NEW_PLAN: Final = "调整方案，重新报价"
ALL_DECLINED: Final = "各家均未通过，请调整方案"
