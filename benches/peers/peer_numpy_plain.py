"""The reduced model in plain numpy, what many analysts write: a full-mask step over all loans.

Every month every column of every loan on book is read, masked and compacted.
"""

import numpy as np
from scipy.special import ndtr

import model as m

BALANCE, INTEREST, _, INSTALMENT = m.schedules()
MISS_Q, TAIL_Q = m.miss_quantiles(), m.tail_quantiles()


def simulate(seed, run):
    """One run; returns the monthly output, (MONTHS, COLUMNS)."""
    rng = np.random.default_rng([seed, run])
    out = np.zeros((m.MONTHS, m.COLUMNS))

    # Loans on book.
    amount = np.empty(0)
    grade, tenor_index, cell, bucket = np.empty((4, 0), np.int8)
    vintage, paid = np.empty((2, 0), np.int16)
    z = pursued = 0.0

    for t in range(m.MONTHS):
        row = out[t]
        n = len(amount)
        row[m.ACCOUNT_MONTHS] = n

        e = rng.standard_normal()
        z = e if t == 0 else m.PHI * z + (1.0 - m.PHI**2) ** 0.5 * e
        miss, tails = (ndtr((q - m.RHO**0.5 * z) / (1.0 - m.RHO) ** 0.5) for q in (MISS_Q, TAIL_Q))

        # Current loans: prepay, miss or pay.
        mob = t - vintage
        tenor = m.TENORS[tenor_index]
        key = (grade.astype(np.intp) * 3 + tenor_index) * m.WIDTH + paid
        balance = amount * BALANCE[key]
        u = rng.random(n)
        current = bucket == 0
        prepays = current & (u < m.PREPAY) & (mob < tenor)
        p_miss = miss[grade, np.minimum(mob, 36) - 1]
        misses = current & (u >= m.PREPAY) & (u < m.PREPAY + (1.0 - m.PREPAY) * p_miss)
        pays = (current & ~prepays & ~misses).astype(np.int16)

        # Delinquent loans: next state.
        late = np.flatnonzero(~current)
        j = bucket[late]
        new = (u[late, None] < tails[grade[late], j - 1]).sum(1)
        pays[late] = np.minimum(j + 1 - new, np.minimum(mob, tenor)[late] - paid[late])

        # Cash.
        balance_after = amount * BALANCE[key + pays]
        principal = balance - balance_after
        interest = np.where(prepays, amount * INTEREST[key], amount * INSTALMENT[key // m.WIDTH] * pays - principal)
        row[m.INTEREST] = interest.sum()
        row[m.PRINCIPAL] = principal[current].sum()
        row[m.ARREARS] = principal[late].sum()
        row[m.PREPAID] = balance[prepays].sum()

        # New states, charge-offs, and the loans that stay.
        bucket[misses] = 1
        bucket[late] = new
        paid += pays
        charged_off = bucket == 7
        row[m.CHARGED_OFF] = balance[charged_off].sum()
        row[m.CHARGED_OFF_COUNT] = charged_off.sum()
        row[m.CHARGED_OFF_BY_CELL] = np.bincount(cell[charged_off], weights=balance[charged_off], minlength=m.CELLS)
        stays = ~(charged_off | prepays | (paid == tenor))
        amount, grade, tenor_index, cell, bucket, vintage, paid, balance_after = (
            column[stays] for column in (amount, grade, tenor_index, cell, bucket, vintage, paid, balance_after))
        row[m.BALANCE] = np.bincount(bucket, weights=balance_after, minlength=7)
        row[m.COUNT] = np.bincount(bucket, minlength=7)

        # Recoveries, of what was charged off before this month.
        row[m.RECOVERIES] = m.RECOVERED * pursued
        pursued = pursued * m.DECAY + row[m.CHARGED_OFF]

        # Originations.
        if t < m.VINTAGES:
            k = m.NEW[t]
            new_amount = np.clip(rng.lognormal(np.log(10_000.0), 0.5, k), 1_000.0, 50_000.0)
            new_amount = np.round(new_amount / 100.0) * 100.0
            new_cell = rng.integers(0, m.CELLS, k, dtype=np.int8)
            row[m.ORIGINATED] = new_amount.sum()
            row[m.ORIGINATED_BY_CELL] = np.bincount(new_cell, weights=new_amount, minlength=m.CELLS)
            row[0] += k
            row[7] += row[m.ORIGINATED]
            amount = np.concatenate([amount, new_amount])
            grade = np.concatenate([grade, rng.integers(0, m.GRADES, k, dtype=np.int8)])
            tenor_index = np.concatenate([tenor_index, rng.integers(0, 3, k, dtype=np.int8)])
            cell = np.concatenate([cell, new_cell])
            bucket = np.concatenate([bucket, np.zeros(k, np.int8)])
            vintage = np.concatenate([vintage, np.full(k, t, np.int16)])
            paid = np.concatenate([paid, np.zeros(k, np.int16)])
    return out


if __name__ == "__main__":
    m.main("numpy-plain", simulate)
