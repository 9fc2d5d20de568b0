"""The texts a customer agrees to. A changed text is another edition: see `services.links.WORDING`."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONSENTS: Final[dict[str, Promise]] = {
    "sensitive": _(
        "我同意为办理本次车贷处理我的敏感个人信息：证件、住址、收入、债务与银行流水。"
        "不同意则无法办理贷款，其他服务不受影响。可随时撤回。"
    ),
    "credit_bureau": _(
        "我授权贷款人为审批本次车贷、贷后管理，向金融信用信息基础数据库查询我的信用报告。"
        "授权自今日起至贷款结清为止；未放款的，至申请结束为止。"
    ),
    "share_lender": _(
        "我同意把本次申请的资料提供给我选择的贷款机构，供其审批与签约。机构名称写在报价单上，不提供给其他人。"
    ),
    "location": _(
        "我同意在车上安装定位装置，并采集车辆位置，仅用于抵押车辆的管理，至贷款结清为止。查询位置须登记事由并留痕。"
        "不同意则不能办理须安装定位装置的产品。可随时撤回。"
    ),
}
