"""scipy as the second witness, and quadrature and differences as the judge between the two."""
import math
import warnings

import mpmath as mp
import numpy as np

from core import INF, derivative

TOLERANCE = 1e-9


def agree(ours, theirs):
    if ours is None or math.isnan(theirs):
        return ours is None and not math.isfinite(theirs)
    if ours == theirs:
        return True
    if math.isinf(ours) or math.isinf(theirs):
        return False
    return abs(ours - theirs) <= TOLERANCE * abs(ours) + 1e-290


def asked(function, *args):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return float(function(*args))
        except Exception:  # whatever scipy raises is not an answer
            return float("nan")


def slope_error(d, x):
    """Relative distance of the tails' difference from the density: two independent formulas."""
    x = mp.mpf(x)
    low, high = d.support()
    if d.discrete:
        if not d.inside(x):
            return None
        mass = mp.exp(d.log_prob(x))
        if mass == 0:
            return None
        with mp.workdps(100):
            (l0, u0), (l1, u1) = d.both_tails(x - 1), d.both_tails(x)
        if mass < mp.mpf(10) ** -80 * min(l1, u0):
            return None  # lost beside a tail that a jump elsewhere fills
        return abs((l1 - l0 if l1 < u1 else u0 - u1) / mass - 1)
    if not low < x < high or mp.isinf(x) or not mp.isfinite(d.log_prob(x)):
        return None
    density = mp.exp(d.log_prob(x))
    rate = abs(derivative(d.log_density_in(200), x, d.spread, 200))
    centre = low if d.name == "Uniform" else d.centre()
    reach = [v for v in (x - low, high - x) if mp.isfinite(v)] + [max(d.spread, abs(x - centre))]
    reach = min(reach + ([1 / rate] if rate else []))
    h = reach * mp.mpf(10) ** -12
    if abs(x) > 0 and h / abs(x) < mp.mpf(10) ** -57:
        return None
    with mp.workdps(50 + (max(0, int(mp.log10(abs(x) / h))) if x != 0 else 0)):
        exact = type(d)(*d.at)
        (l0, u0), (l1, u1) = exact.both_tails(x - h), exact.both_tails(x + h)
        return abs((l1 - l0 if l1 < u1 else u0 - u1) / (2 * h) / density - 1)


def cuts_of(d):
    """Quantiles between which the density is integrated, in the coordinate of the search for them."""
    levels = [mp.mpf(10) ** -n for n in (30, 20, 12, 8, 5, 3, 2, 1)]
    rough = mp.mpf(10) ** -8
    cuts = [d.quantile(p, 1 - p, rough) for p in levels] + [d.median()] \
        + [d.quantile(1 - p, p, rough) for p in levels]
    return cuts


def part(d, cuts, function):
    """Integral of the density times function(x, log density) between cuts."""
    def integrand(t):
        x, slope = d.unfold(t)
        log_density = d.log_density(x)
        return mp.exp(log_density) * slope * function(x, log_density)

    with mp.workdps(25 if d.name == "Beta" else 80):
        ends = sorted({d.fold(x) for x in cuts})
    with mp.workdps(25 if d.name == "Beta" else 60):
        return mp.quad(integrand, ends, maxdegree=7)


def expectation(d, cuts, function):
    """E[function(x, log density)]; a Beta in two halves, each from the end it is close to."""
    if d.name != "Beta":
        return part(d, cuts, function)
    mirror = type(d)(*reversed(d.at))
    half = mp.mpf(1) / 2
    lower = [x for x in cuts if x < half] + [half]
    upper = [y for y in cuts_of(mirror) if y < half] + [half]
    return part(d, lower, function) + part(mirror, upper, lambda y, v: function(1 - y, v))


def moments_of(d):
    """(mean, variance, entropy) by quadrature, or by summing the mass function outwards."""
    if d.discrete:
        low, high = d.support()
        reach = 40 * mp.sqrt(d.variance()) + 60
        first, last = int(max(low, d.mean() - reach)), int(min(high, d.mean() + reach))
        if last - first > 120000:
            return None, None, None
        with mp.workdps(30):
            logs = [(k, d.log_prob(k)) for k in range(first, last + 1)]
            terms = [(k, mp.exp(v), v) for k, v in logs if v > -mp.inf]
            mean = mp.fsum(k * p for k, p, _ in terms)
            variance = mp.fsum((k - mean) ** 2 * p for k, p, _ in terms)
            return mean, variance, mp.fsum(-p * v for _, p, v in terms)
    try:
        cuts = cuts_of(d)
        mean = expectation(d, cuts, lambda x, _: x)
        variance = expectation(d, cuts, lambda x, _: (x - mean) ** 2)
        return mean, variance, expectation(d, cuts, lambda _, v: -v)
    except (ArithmeticError, ValueError):
        return None, None, None


def kind(key, ours, theirs):
    """What is wrong with scipy's number, as far as the numbers show it."""
    if key in ("log_cdf", "log_survival", "cdf") and ours != 0:
        if key != "cdf" and theirs == -INF:
            return "scipy takes the logarithm of a tail that underflowed or was rounded away"
        if key != "cdf" and abs(ours) < 1e-3 and abs(theirs - ours) < 2e-14:
            return "scipy subtracts from 1: absolute error of a rounding"
        if key == "cdf" and abs(theirs - ours) < 2e-14:
            return "scipy subtracts from 1 or 1/2: absolute error of a rounding"
    if math.isnan(theirs):
        return "scipy has no number"
    return "other"


def line(d, quantity, where, ours, theirs, judge):
    where = "" if where is None else f" at {where!r}"
    return f"{d.name}{tuple(d.at)} {quantity}{where}: mpmath {ours!r}, scipy {theirs!r}; {judge}"


def disagreements(d, table):
    """(lines where scipy says otherwise, points judged, worst difference from the judge)."""
    judged, worst, found = 0, mp.mpf(0), []
    s = d.witness() if hasattr(d, "witness") else None
    mass = "logpmf" if d.discrete else "logpdf"
    low, high = d.support()
    for row in table["points"]:
        x = row["x"]
        error = slope_error(d, x)
        verdict = "by definition" if row["log_prob"] in (INF, -INF) or x in (low, high) else \
            "not judged by differences"
        if error is not None:
            judged, worst = judged + 1, max(worst, error)
            verdict = "differences of the cdf give the density to " + \
                ("1e-12" if error < 1e-12 else mp.nstr(error, 2))
        if s is None or (d.name == "VonMises" and not low <= x <= high):
            continue
        for key, method in (("log_prob", mass), ("cdf", "cdf"), ("log_cdf", "logcdf"),
                            ("log_survival", "logsf")):
            theirs = asked(getattr(s, method), x)
            if not agree(row[key], theirs):
                found.append((key, kind(key, row[key], theirs),
                              line(d, key, x, row[key], theirs, verdict)))
    if s is None:
        return found, judged, worst
    for row in table["quantiles"]:
        theirs = asked(s.ppf, row["p"])
        p = row["p"]
        if p == 0 and d.discrete:  # scipy's convention: one below the support
            continue
        if not agree(row["x"], theirs):
            judge = quantile_verdict(d, p)
            found.append(("icdf", kind("icdf", row["x"], theirs),
                          line(d, "icdf", p, row["x"], theirs, judge)))
    moments = None
    for i, key in enumerate(("mean", "variance", "entropy")):
        if d.name == "VonMises" and key != "entropy":
            continue
        if key == "entropy" and d.discrete and d.deviation() > 1e7:
            continue  # scipy adds up one term after the other
        theirs = asked({"mean": s.mean, "variance": s.var, "entropy": s.entropy}[key])
        if not agree(table[key], theirs):
            moments = moments or moments_of(d)
            judge = "not judged" if moments[i] is None else f"quadrature {mp.nstr(moments[i], 17)}"
            found.append((key, kind(key, table[key], theirs),
                          line(d, key, None, table[key], theirs, judge)))
    return found, judged, worst


def quantile_verdict(d, p):
    if p in (0, 1):
        return "the end of the support, by definition"
    p, x = mp.mpf(p), d.quantile(p)
    lower, upper = d.both_tails(x)
    if d.discrete:
        before = d.both_tails(x - 1)[0]
        return f"cdf of it {mp.nstr(lower, 12)}, of one less {mp.nstr(before, 12)}"
    error = lower / p - 1 if p < 0.5 else upper / (1 - p) - 1
    return f"the tail there is p to {mp.nstr(abs(error), 2)}"
