"""The reduced model in numpy: one vectorised step a month over a struct of arrays of all loans on book.

Every loan gets one uniform and one table look-up a month; only loans to which something happens (and the delinquent
ones) are then treated by fancy indexing. Payments as scheduled come from the amounts summed by schedule position.
"""

import numpy as np
from scipy.special import ndtr

import model as m

BALANCE, INTEREST, PRINCIPAL, INSTALMENT = m.schedules()
BALANCE_NEXT = np.append(BALANCE[1:], 0.0)
MISS_Q = m.miss_quantiles()
TAIL_Q = m.tail_quantiles().reshape(m.GRADES * m.BUCKETS, 7)

# A key below KEYS is a current loan; the same key + KEYS a delinquent one; from REMOVED on, a removed one.
REMOVED = 2 * m.KEYS
SPARE = m.MONTHS  # a removed loan's key grows by one a month until it is compacted away
_paid = np.tile(np.arange(m.WIDTH), m.GROUPS)
_tenor = np.repeat(m.TENORS[np.arange(m.GROUPS) % 3], m.WIDTH)
IS_LAST = _paid == _tenor - 1  # the next instalment is the last
LAST = np.flatnonzero(IS_LAST)
GRADE_MOB = np.repeat(np.arange(m.GROUPS) // 3, m.WIDTH) * 36 + np.minimum(_paid, 35)


def sum_by_key(key, amount):
    return np.bincount(key, weights=amount, minlength=m.KEYS)[: m.KEYS]


def factor_path(rng):
    """Z_0 .. Z_83."""
    z = rng.standard_normal(m.MONTHS)
    for t in range(1, m.MONTHS):
        z[t] = m.PHI * z[t - 1] + (1.0 - m.PHI**2) ** 0.5 * z[t]
    return z


def simulate(seed, run):
    """One run; returns the monthly output, (MONTHS, COLUMNS)."""
    rng = np.random.Generator(np.random.SFC64([seed, run]))
    out = np.zeros((m.MONTHS, m.COLUMNS))

    # All loans of the run, by id: ids are in order of origination.
    amounts = np.exp(rng.normal(np.log(10_000.0), 0.5, m.LOANS))
    amounts = np.round(np.clip(amounts, 1_000.0, 50_000.0) / 100.0) * 100.0
    group = rng.integers(0, m.GROUPS, m.LOANS)  # grade and tenor
    cell = rng.integers(0, m.CELLS, m.LOANS)
    vintage = np.repeat(np.arange(m.VINTAGES), m.NEW)
    first = np.append(0, m.NEW.cumsum())
    bucket = np.zeros(m.LOANS, np.intp)
    by_cell = np.bincount(vintage * m.CELLS + cell, weights=amounts).reshape(m.VINTAGES, m.CELLS)
    out[: m.VINTAGES, m.ORIGINATED_BY_CELL] = by_cell
    out[: m.VINTAGES, m.ORIGINATED] = by_cell.sum(1)

    # Probabilities of all months, from the small tables.
    z = factor_path(rng)[:, None, None]
    miss, tails = (ndtr((q - m.RHO**0.5 * z) / (1.0 - m.RHO) ** 0.5) for q in (MISS_Q, TAIL_Q))
    miss = m.PREPAY + (1.0 - m.PREPAY) * miss.reshape(m.MONTHS, -1)

    # Something happens to a loan when its uniform is below `event`: always to a delinquent loan and at the last instalment.
    event = np.full(REMOVED + SPARE, 2.0)
    event[REMOVED:] = -1.0

    # Loans on book (and, until the next compaction, removed ones): the columns' first n places.
    key, loan = np.empty((2, m.LOANS), np.intp)
    amount, u, threshold = np.empty((3, m.LOANS))
    happens = np.empty(m.LOANS, bool)
    n = removed = 0
    pursued = 0.0

    for t in range(m.MONTHS):
        row = out[t]
        row[m.ACCOUNT_MONTHS] = n - removed

        np.take(miss[t], GRADE_MOB, out=event[: m.KEYS])
        event[LAST] = 2.0
        rng.random(out=u[:n])
        np.take(event, key[:n], out=threshold[:n], mode="clip")
        np.less(u[:n], threshold[:n], out=happens[:n])
        at = np.flatnonzero(happens[:n])
        scheduled = sum_by_key(key[:n], amount[:n])
        at_key = key[at]
        key[:n] += 1
        is_current = at_key < m.KEYS

        # Current loans: prepay, miss, or pay the last instalment.
        here, k = at[is_current], at_key[is_current]
        draw = u[here]
        prepays = (draw < m.PREPAY) & ~IS_LAST[k]
        misses = (draw >= m.PREPAY) & (draw < miss[t][GRADE_MOB[k]])
        gone = [here[~misses]]
        late, late_key = here[misses], k[misses]
        key[late] = late_key + m.KEYS
        bucket[loan[late]] = 1
        prepaid = sum_by_key(k[prepays], amount[here[prepays]])
        scheduled -= sum_by_key(late_key, amount[late])
        row[m.INTEREST] = scheduled @ INTEREST
        row[m.PREPAID] = prepaid @ BALANCE
        scheduled -= prepaid
        row[m.PRINCIPAL] = scheduled @ PRINCIPAL
        row[7] = scheduled @ BALANCE_NEXT

        # Delinquent loans.
        here, k = at[~is_current], at_key[~is_current] - m.KEYS
        i = loan[here]
        j, g, a = bucket[i], k // m.WIDTH, amount[here]
        new = (u[here, None] < tails[t][g // 3 * m.BUCKETS + j - 1]).sum(1)
        tenor = m.TENORS[g % 3]
        due = np.minimum(t - vintage[i], tenor)
        paid = k - g * m.WIDTH
        pays = np.minimum(j + 1 - new, due - paid)
        balance = a * BALANCE[k]
        k = k + pays
        balance_after = a * BALANCE[k]
        arrears = (balance - balance_after).sum()
        row[m.ARREARS] = arrears
        row[m.INTEREST] += (a * INSTALMENT[g] * pays).sum() - arrears
        charged_off = new == 7
        loss = balance[charged_off]
        row[m.CHARGED_OFF] = loss.sum()
        row[m.CHARGED_OFF_COUNT] = len(loss)
        row[m.CHARGED_OFF_BY_CELL] = np.bincount(cell[i[charged_off]], weights=loss, minlength=m.CELLS)
        leaves = charged_off | (paid + pays == tenor)
        gone.append(here[leaves])
        key[here] = k + np.where(new == 0, 0, m.KEYS)
        bucket[i] = new

        # Recoveries, of what was charged off before this month.
        row[m.RECOVERIES] = m.RECOVERED * pursued
        pursued = pursued * m.DECAY + row[m.CHARGED_OFF]

        # Book by bucket: delinquent loans that stay, loans that have just missed, and the rest of the current ones.
        stays = ~leaves
        row[m.BALANCE] += np.bincount(new[stays], weights=balance_after[stays], minlength=7)
        row[m.COUNT] = np.bincount(new[stays], minlength=7)
        row[7 + 1] += (amount[late] * BALANCE[late_key]).sum()
        row[1] += len(late)
        gone = np.concatenate(gone)
        key[gone] = REMOVED
        removed += len(gone)

        # Compaction, when an eighth of the places are removed loans.
        if removed > n // 8:
            keep = key[:n] < REMOVED
            for column in (key, loan, amount):
                column[: n - removed] = column[:n][keep]
            n, removed = n - removed, 0

        # Originations.
        if t < m.VINTAGES:
            new = slice(first[t], first[t + 1])
            place = slice(n, n + m.NEW[t])
            loan[place] = np.arange(new.start, new.stop)
            amount[place] = amounts[new]
            key[place] = group[new] * m.WIDTH
            n = place.stop
            row[7] += row[m.ORIGINATED]
        row[0] = n - removed - row[1:7].sum()
    return out


if __name__ == "__main__":
    m.main("numpy", simulate)
