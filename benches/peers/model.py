"""What the Python peers share: the constants, the tables that do not depend on the factor, and the report.

Money is in currency units, rates are per month, time is in months. A loan's schedule position is one number,
key = WIDTH * group + instalments paid, where group = 3 * grade + tenor index; the schedule tables are indexed by key
and hold amounts per unit of the loan's original amount.
"""

import argparse
import json
import time
from statistics import NormalDist

import numpy as np

MONTHS, VINTAGES, LOANS = 84, 60, 100_000
GRADES, CELLS, BUCKETS = 10, 9, 6
TENORS = np.array([12, 24, 36])
GROUPS = GRADES * len(TENORS)
WIDTH = 38  # keys per group: 0..36 instalments paid, and one spare
KEYS = GROUPS * WIDTH
PREPAY = 0.02
RHO, PHI = 0.03, 0.965
ETA = 0.25 * (np.arange(GRADES) - 4.5)
DECAY = float(np.exp(-0.08))  # charged-off principal still pursued, from one month to the next
RECOVERED = 0.12 * (1.0 - DECAY)  # recovered in a month, share of the principal pursued
NEW = np.array([LOANS * (v + 1) // VINTAGES - LOANS * v // VINTAGES for v in range(VINTAGES)])  # loans per vintage

# P(next state) of bucket 1..6; columns: C, D1..D6, charge-off.
TRANSITIONS = np.array([
    [.48, .07, .45, 0, 0, 0, 0, 0],
    [.12, .08, .05, .75, 0, 0, 0, 0],
    [.06, .02, .03, .04, .85, 0, 0, 0],
    [.03, 0, 0, 0, .07, .90, 0, 0],
    [.02, 0, 0, 0, 0, .06, .92, 0],
    [.02, 0, 0, 0, 0, 0, .04, .94],
])

# Columns of the monthly output.
COUNT, BALANCE = slice(0, 7), slice(7, 14)  # by bucket (C, D1..D6), at the end of the month
(ACCOUNT_MONTHS, INTEREST, PRINCIPAL, ARREARS, PREPAID, CHARGED_OFF, CHARGED_OFF_COUNT, RECOVERIES, ORIGINATED) = range(14, 23)
ORIGINATED_BY_CELL, CHARGED_OFF_BY_CELL = slice(23, 32), slice(32, 41)
COLUMNS = 41


def _logit(p):
    return np.log(p / (1.0 - p))


def _expit(x):
    return 1.0 / (1.0 + np.exp(-x))


def _quantile(p):
    """Phi^-1, with -inf at 0."""
    return np.vectorize(lambda x: NormalDist().inv_cdf(x) if x > 0.0 else -np.inf)(p)


def miss_quantiles():
    """Phi^-1 of the probability that a current loan misses, (grade, instalments paid = MOB - 1)."""
    mob = np.arange(1, 37)
    seasoning = 0.8 + 0.8 * (mob / 8) * np.exp(1.0 - mob / 8)
    return _quantile(_expit(_logit(0.018) + ETA[:, None] + np.log(seasoning)))


def tail_quantiles():
    """Phi^-1 of P(next >= k), k = 1..7, (grade, bucket - 1, k - 1)."""
    tails = TRANSITIONS[:, ::-1].cumsum(1)[:, ::-1][None, :, 1:]
    with np.errstate(divide="ignore"):
        return _quantile(_expit(_logit(tails) + 0.25 * ETA[:, None, None]))


def schedules():
    """(balance, interest, principal, instalment) per unit of amount.

    By key: the balance after the instalments paid, the interest and the principal in the next instalment (0 from the tenor on).
    By group: the instalment.
    """
    balance, interest, principal = np.zeros((3, GROUPS, WIDTH))
    instalment = np.zeros(GROUPS)
    for group in range(GROUPS):
        grade, n = group // 3, int(TENORS[group % 3])
        rate = (0.09 + 0.02 * grade) / 12
        k = np.arange(n + 1)
        growth = (1 + rate) ** k
        balance[group, : n + 1] = (growth[n] - growth) / (growth[n] - 1)
        interest[group, :n] = rate * balance[group, :n]
        principal[group, :n] = -np.diff(balance[group, : n + 1])
        instalment[group] = rate / (1 - (1 + rate) ** -n)
    return balance.ravel(), interest.ravel(), principal.ravel(), instalment


def main(peer, simulate):
    """Times `simulate(seed, run)`, which returns the monthly output of one run, and prints one JSON line.

    `seconds` is wall time in `simulate` alone, after a run that is thrown away (compilation, warm-up).
    """
    args = argparse.ArgumentParser(description=f"{peer}: the reduced model")
    args.add_argument("--runs", type=int, default=20)
    args.add_argument("--seed", type=int, default=1)
    args = args.parse_args()
    simulate(args.seed, args.runs)
    start = time.perf_counter()
    outputs = [simulate(args.seed, run) for run in range(args.runs)]
    seconds = time.perf_counter() - start
    totals = np.array([output.sum(0) for output in outputs])
    columns = {
        "charged_off": CHARGED_OFF, "charged_off_count": CHARGED_OFF_COUNT, "prepaid": PREPAID, "interest": INTEREST,
        "recoveries": RECOVERIES, "account_months": ACCOUNT_MONTHS,
    }
    account_months = int(totals[:, ACCOUNT_MONTHS].sum())
    spread = totals.std(0, ddof=1) / args.runs**0.5 if args.runs > 1 else np.zeros(COLUMNS)
    print(json.dumps({
        "peer": peer,
        "runs": args.runs,
        "account_months": account_months,
        "seconds": seconds,
        "ns_per_account_month": seconds * 1e9 / account_months,
        "means": {name: totals[:, c].mean() for name, c in columns.items()},
        "std_errors": {name: spread[c] for name, c in columns.items()},
    }))
