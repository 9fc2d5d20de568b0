"""Rates: what a loan truly costs a year, fees and subsidies included, and whether that is allowed."""

from chedai.engine.rates.annual import (
    AnnualRates,
    annual_rates,
    annual_rates_dated,
    flows_digest,
    percent_text,
    periods_a_year,
)
from chedai.engine.rates.caps import Cap, CapBreach, CapVerdict, ChargeRoom, charge_room, check_caps
from chedai.engine.rates.cost import AllInCost, CostItem, all_in, settled_early
from chedai.engine.rates.fees import PAYEE_ZH, WHEN_ZH, Fee, Payee, ShareOf, When, cash_flows, parse_fee
from chedai.engine.rates.flat import FlatPer, FlatTruth, flat_of_true, flat_truth
from chedai.engine.rates.irr import irr, irr_columns
from chedai.engine.rates.lpr import DatedRate, Repricing, rate_on, rate_path
from chedai.engine.rates.subsidy import (
    Payer,
    Programme,
    PublicSubsidy,
    SubsidySplit,
    public_subsidy,
    share_out,
    split_subsidy,
    subsidy_upfront,
)
from chedai.engine.rates.xirr import xirr

__all__ = [
    "PAYEE_ZH",
    "WHEN_ZH",
    "AllInCost",
    "AnnualRates",
    "Cap",
    "CapBreach",
    "CapVerdict",
    "ChargeRoom",
    "CostItem",
    "DatedRate",
    "Fee",
    "FlatPer",
    "FlatTruth",
    "Payee",
    "Payer",
    "Programme",
    "PublicSubsidy",
    "Repricing",
    "ShareOf",
    "SubsidySplit",
    "When",
    "all_in",
    "annual_rates",
    "annual_rates_dated",
    "cash_flows",
    "charge_room",
    "check_caps",
    "flat_of_true",
    "flat_truth",
    "flows_digest",
    "irr",
    "irr_columns",
    "parse_fee",
    "percent_text",
    "periods_a_year",
    "public_subsidy",
    "rate_on",
    "rate_path",
    "settled_early",
    "share_out",
    "split_subsidy",
    "subsidy_upfront",
    "xirr",
]
