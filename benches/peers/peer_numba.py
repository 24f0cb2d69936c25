"""The reduced model in numba: one fused loop a month over the loans on book, compacted in place, one thread.

A loan's uniform of a month is a keyed mixer's word (splitmix64's finaliser over seed, run, loan and month): it depends on
nothing else.
"""

import math

import numpy as np
from numba import njit

import model as m

BALANCE, INTEREST, PRINCIPAL, INSTALMENT = m.schedules()
MISS_Q, TAIL_Q = m.miss_quantiles(), m.tail_quantiles()
MONTHS, VINTAGES, LOANS, COLUMNS, GRADES, GROUPS, WIDTH = m.MONTHS, m.VINTAGES, m.LOANS, m.COLUMNS, m.GRADES, m.GROUPS, m.WIDTH
NEW, TENORS, PREPAY, PHI, RHO, DECAY, RECOVERED = m.NEW, m.TENORS, m.PREPAY, m.PHI, m.RHO, m.DECAY, m.RECOVERED
ACCOUNT_MONTHS, INTEREST_C, PRINCIPAL_C, ARREARS, PREPAID = m.ACCOUNT_MONTHS, m.INTEREST, m.PRINCIPAL, m.ARREARS, m.PREPAID
CHARGED_OFF, CHARGED_OFF_COUNT, RECOVERIES, ORIGINATED = m.CHARGED_OFF, m.CHARGED_OFF_COUNT, m.RECOVERIES, m.ORIGINATED
ORIGINATED_CELL, CHARGED_OFF_CELL = m.ORIGINATED_BY_CELL.start, m.CHARGED_OFF_BY_CELL.start

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
LOAN_STREAM, FACTOR_STREAM = np.uint64(1), np.uint64(2)


@njit(inline="always")
def mix(x):
    """splitmix64's finaliser."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(inline="always")
def draw(key, i):
    """Uniform in [0, 1): draw i of a key."""
    return (mix(key + GOLDEN * np.uint64(i + 1)) >> np.uint64(11)) * 2.0**-53


@njit(inline="always")
def normals(key, i):
    """Two standard normals from draws i and i + 1 of a key (Box and Muller)."""
    r = math.sqrt(-2.0 * math.log(1.0 - draw(key, i)))
    angle = 2.0 * math.pi * draw(key, i + 1)
    return r * math.cos(angle), r * math.sin(angle)


@njit(inline="always")
def link(q, z):
    """Threshold link of a probability, given as its normal quantile."""
    return 0.5 * math.erfc(-(q - math.sqrt(RHO) * z) / math.sqrt(2.0 * (1.0 - RHO)))


@njit
def simulate(seed, run):
    """One run; returns the monthly output, (MONTHS, COLUMNS)."""
    out = np.zeros((MONTHS, COLUMNS))
    run_key = mix(mix(np.uint64(seed)) + GOLDEN * np.uint64(run + 1))
    loan_base, factor_key = mix(run_key + LOAN_STREAM), mix(run_key + FACTOR_STREAM)

    # Loans on book.
    amount = np.empty(LOANS)
    loan_key = np.empty(LOANS, np.uint64)
    position = np.empty(LOANS, np.int32)  # group * WIDTH + instalments paid
    vintage, bucket, cell = np.empty(LOANS, np.int8), np.empty(LOANS, np.int8), np.empty(LOANS, np.int8)
    event = np.empty(GROUPS * WIDTH)  # a current loan prepays or misses below this, by position
    tails = np.empty((GRADES, 6, 7))
    n = born = 0
    pursued = z = 0.0

    for t in range(MONTHS):
        row = out[t]
        row[ACCOUNT_MONTHS] = n

        e = normals(factor_key, 2 * t)[0]
        z = e if t == 0 else PHI * z + math.sqrt(1.0 - PHI * PHI) * e
        for grade in range(GRADES):
            for paid in range(36):
                p = PREPAY + (1.0 - PREPAY) * link(MISS_Q[grade, paid], z)
                for group in range(3 * grade, 3 * grade + 3):
                    event[group * WIDTH + paid] = p
            for j in range(6):
                for k in range(7):
                    tails[grade, j, k] = link(TAIL_Q[grade, j, k], z) if TAIL_Q[grade, j, k] > -np.inf else 0.0

        interest = principal = arrears = prepaid = balance_current = 0.0
        kept = current = 0
        for i in range(n):
            u = draw(loan_key[i], t)
            k, a, j = position[i], amount[i], bucket[i]
            if j == 0:
                if u < event[k]:
                    if u < PREPAY:
                        interest += a * INTEREST[k]
                        if BALANCE[k + 1] == 0.0:  # the last instalment, paid as scheduled
                            principal += a * PRINCIPAL[k]
                        else:
                            prepaid += a * BALANCE[k]
                        continue
                    j = 1
                    row[7 + 1] += a * BALANCE[k]
                    row[1] += 1
                else:
                    interest += a * INTEREST[k]
                    principal += a * PRINCIPAL[k]
                    k += 1
                    left = a * BALANCE[k]
                    if left == 0.0:
                        continue
                    balance_current += left
                    current += 1
            else:
                group = k // WIDTH
                tail = tails[group // 3, j - 1]
                new = 0
                while new < 7 and u < tail[new]:
                    new += 1
                if new == 7:
                    loss = a * BALANCE[k]
                    row[CHARGED_OFF] += loss
                    row[CHARGED_OFF_COUNT] += 1
                    row[CHARGED_OFF_CELL + cell[i]] += loss
                    continue
                due = min(t - vintage[i], TENORS[group % 3])
                pays = min(j + 1 - new, due - (k - group * WIDTH))
                repaid = a * (BALANCE[k] - BALANCE[k + pays])
                arrears += repaid
                interest += a * INSTALMENT[group] * pays - repaid
                k += pays
                j = new
                left = a * BALANCE[k]
                if left == 0.0:
                    continue
                row[7 + j] += left
                row[j] += 1
            position[kept], amount[kept], bucket[kept] = k, a, j
            loan_key[kept], vintage[kept], cell[kept] = loan_key[i], vintage[i], cell[i]
            kept += 1
        n = kept
        row[INTEREST_C], row[PRINCIPAL_C], row[ARREARS], row[PREPAID] = interest, principal, arrears, prepaid

        row[RECOVERIES] = RECOVERED * pursued  # of what was charged off before this month
        pursued = pursued * DECAY + row[CHARGED_OFF]

        if t < VINTAGES:
            spare = 0.0
            for new in range(NEW[t]):
                key = mix(loan_base + GOLDEN * np.uint64(born + 1))
                if new % 2 == 0:
                    normal, spare = normals(key, MONTHS)
                else:
                    normal = spare
                a = min(max(10_000.0 * math.exp(0.5 * normal), 1_000.0), 50_000.0)
                a = np.rint(a / 100.0) * 100.0
                kind = int(draw(key, MONTHS + 2) * (GROUPS * 9))  # group and cell
                amount[n], loan_key[n], vintage[n], bucket[n] = a, key, t, 0
                position[n], cell[n] = kind // 9 * WIDTH, kind % 9
                row[ORIGINATED_CELL + kind % 9] += a
                row[ORIGINATED] += a
                n += 1
                born += 1
            current += NEW[t]
            balance_current += row[ORIGINATED]
        row[0] += current  # cured loans are already there
        row[7] += balance_current
    return out


if __name__ == "__main__":
    m.main("numba", simulate)
