"""What every family shares: rounding, derivatives, quantiles, modes, and the layout of a file."""
import json
import math

import mpmath as mp
import numpy as np

from special import log_tails

mp.mp.dps = 50
INF = float("inf")
LEVELS = (0.0, 1e-10, 1e-3, 0.1, 0.5, 0.9, 0.999, 1 - 2.0**-20, 1.0)
TAILS = ("1e-400", "1e-50", "1e-10", "1e-3", "0.1")
BOUNDED_TAILS = ("1e-20", "1e-10", "1e-3", "0.1")  # where x is read as a distance from another end


def single(x):
    """x rounded to float32, or x itself where float32 has no normal number near it."""
    x = float(x)
    if x == 0 or not math.isfinite(x):
        return x
    with np.errstate(over="ignore"):
        rounded = float(np.float32(x))
    return rounded if 1.2e-38 < abs(rounded) < INF else x


def double(x):
    """The double nearest to x; None and infinities pass."""
    if x is None:
        return None
    if isinstance(x, (list, tuple)):
        return [double(v) for v in x]
    x = float(x)
    if math.isnan(x):
        raise ArithmeticError("a reference number is not a number")
    return x + 0.0


def text(x):
    """One line of JSON; infinities are strings."""
    def strings(v):
        if isinstance(v, dict):
            return {key: strings(item) for key, item in v.items()}
        if isinstance(v, list):
            return [strings(item) for item in v]
        if isinstance(v, float) and math.isinf(v):
            return "inf" if v > 0 else "-inf"
        return v
    return json.dumps(strings(x), allow_nan=False)


def derivative(f, at, spread, digits):
    """df/dx by central differences in so many digits that the quotient has over 50."""
    with mp.workdps(digits):
        at = mp.mpf(at)
        size = abs(at) if at != 0 else mp.mpf(spread)

        def slope(h):
            above, below = f(at + h), f(at - h)
            noise = mp.mpf(10) ** (20 - digits) * max(1, abs(above)) / h
            quotient = (above - below) / (2 * h)
            return quotient if abs(quotient) > noise else mp.mpf(0)

        h = size * mp.mpf(10) ** -60
        first = slope(h)
        # A derivative that is 0 shows the third one, which shrinks with h.
        if first != 0 and abs(first * size) < 1e-100 and abs(slope(h / 2) / first - 1) > 1e-30:
            return mp.mpf(0)
    return first


class Distribution:
    """One set of parameters. A family defines what differs; None is what does not exist.

    `log_density(x)` is the formula inside the support, not told where it ends; `tails(x)` the lower and
    the upper tail in full relative accuracy, asked inside the support only.
    """

    name = ""
    parameters = ()
    sets = ()
    differentiable = None  # which parameters have derivatives; None: all
    discrete = False
    spread = 1.0           # a length on which the density varies
    lower_levels = upper_levels = TAILS
    levels = LEVELS
    smooth_ends = False    # the density's formula is smooth at the ends of the support

    def support(self):
        raise NotImplementedError

    def log_density(self, x):
        raise NotImplementedError

    def tails(self, x):
        raise NotImplementedError

    def modes(self):
        """(all modes in increasing order, the same again), or ([smallest], None) for an interval."""
        raise NotImplementedError

    def mean(self):
        return None

    def variance(self):
        return None

    def entropy(self):
        return None

    def witness(self):
        """scipy's distribution, frozen, or None."""
        return None

    # What follows is the same for all.

    def __init__(self, *at):
        self.at = list(at)
        for name, value in zip(self.parameters, at):
            setattr(self, name, mp.mpf(value))
        self.prepare()

    def prepare(self):
        """Sets `spread` and what else follows from the parameters."""

    def inside(self, x):
        low, high = self.support()
        return low <= x <= high and not math.isinf(x)

    def log_prob(self, x):
        return self.log_density(mp.mpf(x)) if self.inside(x) else -mp.inf

    def both_tails(self, x):
        low, high = self.support()
        if x <= low:
            return mp.mpf(0), mp.mpf(1)
        if x >= high:
            return mp.mpf(1), mp.mpf(0)
        return self.tails(mp.mpf(x))

    def median(self):
        return self.quantile(mp.mpf(1) / 2)

    def quantile(self, p, q=None, tolerance=None):
        """x with lower tail p (upper tail q = 1 - p) by safeguarded Newton steps in log of the tail."""
        p = mp.mpf(p)
        q = 1 - p if q is None else mp.mpf(q)
        low, high = self.support()
        if p == 0:
            return mp.mpf(low)
        if q == 0:
            return mp.mpf(high)
        tolerance = mp.mpf(10) ** -32 if tolerance is None else tolerance
        lower = p <= q
        goal = mp.log(p if lower else q)

        def excess(t):
            """Increasing in t: positive above the quantile; and its derivative."""
            x, slope = self.unfold(t)
            tails = log_tails(*self.both_tails(x))
            if not mp.isfinite(tails[0 if lower else 1]):
                return (-mp.inf if x <= self.centre() else mp.inf), mp.mpf(0)
            here = tails[0 if lower else 1]
            rate = mp.exp(self.log_density(x) - here) * slope
            return (here - goal if lower else goal - here), rate

        t = self.fold(self.centre())
        value, rate = excess(t)
        step = mp.mpf(1)
        below = above = None
        for _ in range(2000):
            if value < 0:
                below = t
            else:
                above = t
            guess = t - value / rate if rate > 0 and mp.isfinite(value) else None
            if below is None or above is None:
                leap = t - step if below is None else t + step
                inward = guess is not None and abs(guess - t) < step
                following = guess if inward else leap
                step = step if inward else 2 * step
            else:
                following = guess if guess is not None and below < guess < above else \
                    (below + above) / 2
            if abs(following - t) <= tolerance * max(1, abs(following)) * self.fold_grain(t):
                return self.unfold(following)[0]
            t = following
            value, rate = excess(t)
            if value == 0:
                return self.unfold(t)[0]
        raise ArithmeticError(f"{self.name}{self.at}: no quantile {p}")

    def fold_grain(self, t):
        return mp.mpf(10) ** -10 if abs(t) > 1e3 else mp.mpf(1)

    def centre(self):
        """A point inside the support from which the search for quantiles starts."""
        raise NotImplementedError

    def fold(self, x):
        """x as an unbounded coordinate t in which the tails are tame; here log x."""
        return mp.log(x)

    def unfold(self, t):
        """x(t) and dx/dt."""
        x = mp.exp(t)
        return x, x

    def tail_quantiles(self):
        rough = mp.mpf(10) ** -8
        for p in map(mp.mpf, self.lower_levels):
            yield self.quantile(p, 1 - p, rough)
        for q in map(mp.mpf, self.upper_levels):
            yield self.quantile(1 - q, q, rough)

    def extra_points(self):
        return ()

    def points(self):
        """Where the density is tabulated: tails, mode, ends, outside."""
        low, high = (double(end) for end in self.support())
        modes, _ = self.modes()
        median = self.median()
        xs = [single(x) for x in self.tail_quantiles()] + [single(median),
                                                           *map(single, self.extra_points())]
        for mode in modes:
            xs += [single(mode), single(mode + (median - mode) / 64),
                   single(mode - self.spread / 64),
                   single(mode + self.spread / 64)]
        for end, outwards in ((low, -1), (high, 1)):
            if math.isinf(end):
                xs.append(end)
            else:
                xs += [end, single(end + outwards * max(1, abs(end))), outwards * INF]
        return sorted({x + 0.0 for x in xs})

    def gradient(self, x):
        """[d/dx, d/dparameter, ...] of log_prob; None where there is none."""
        low, high = self.support()
        if not self.inside(x) or not mp.isfinite(self.log_prob(x)):
            return None
        if not self.smooth_ends and not self.discrete and (x == low or x == high):
            return None
        sizes = [abs(mp.mpf(v)) for v in (x, self.spread, *self.at) if v != 0 and not math.isinf(v)]
        digits = 900 if min(sizes) < 1e-60 or max(sizes) > 1e60 else 200
        make = type(self)
        slopes = [None if self.discrete else
                  derivative(self.log_density_in(digits), x, self.spread, digits)]
        for i, value in enumerate(self.at):
            if (self.differentiable is not None
                and i not in self.differentiable) or math.isinf(value):
                slopes.append(None)
                continue

            def moved(v, i=i):
                return make(*self.at[:i], v, *self.at[i + 1:]).log_density(mp.mpf(x))
            slopes.append(derivative(moved, value, self.spread, digits))
        return slopes

    def log_density_in(self, digits):
        """log_density with whatever the constructor computes in `digits` digits."""
        with mp.workdps(digits):
            return type(self)(*self.at).log_density

    def tabulate(self):
        """The set as the dictionary of its JSON lines."""
        modes, whole = self.modes()
        result = {"at": self.at, "mean": self.mean(), "median": self.median(),
                  "mode": modes[0], "modes": whole, "variance": self.variance(),
                  "entropy": self.entropy()}
        result = {key: double(value) for key, value in result.items()}
        rows, slopes = [], []
        for x in self.points():
            lower, upper = self.both_tails(x)
            log_cdf, log_survival = log_tails(lower, upper)
            row = {"x": x, "log_prob": self.log_prob(x), "cdf": lower, "log_cdf": log_cdf,
                   "log_survival": log_survival}
            rows.append({key: double(value) for key, value in row.items()})
            slope = self.gradient(x)
            if slope is not None:
                slopes.append({"x": x, "d": double(slope)})
        result["points"] = rows
        result["quantiles"] = [{"p": p, "x": double(self.quantile(p))}
                               for p in (single(p) for p in self.levels)]
        result["gradients"] = {"log_prob": slopes}
        return result


def layout(name, parameters, sets):
    """A whole file: one point a line."""
    def block(rows, indent):
        if not rows:
            return "[]"
        lines = (",\n" + indent + "  ").join(text(row) for row in rows)
        return "[\n" + indent + "  " + lines + "\n" + indent + "]"

    parts = []
    for item in sets:
        head = {key: item[key] for key in item if key not in ("points", "quantiles", "gradients")}
        slopes = block(item["gradients"]["log_prob"], "    ")
        parts.append("  " + text(head)[:-1] + ",\n"
                     + '    "points": ' + block(item["points"], "    ") + ",\n"
                     + '    "quantiles": ' + block(item["quantiles"], "    ") + ",\n"
                     + '    "gradients": {"log_prob": ' + slopes + "}}")
    return ('{"distribution": ' + text(name) + ', "parameters": ' + text(list(parameters))
            + ', "sets": [\n' + ",\n".join(parts) + "\n]}\n")


class Real(Distribution):
    """Support: the real line, or the part of it above loc; parameters loc and scale."""

    def prepare(self):
        self.spread = self.scale

    def support(self):
        return -INF, INF

    def centre(self):
        return self.loc

    def fold(self, x):
        return mp.asinh((x - self.loc) / self.scale)

    def unfold(self, t):
        return self.loc + self.scale * mp.sinh(t), self.scale * mp.cosh(t)

    def z(self, x):
        return (x - self.loc) / self.scale


class Positive(Distribution):
    """Support: [0, inf)."""

    lower_levels = ("1e-50", "1e-10", "1e-3", "0.1")

    def support(self):
        return 0.0, INF

    def centre(self):
        return self.spread


class Unit(Distribution):
    """Support: [0, 1]."""

    lower_levels = ("1e-50", "1e-10", "1e-3", "0.1")
    upper_levels = BOUNDED_TAILS

    def prepare(self):
        self.spread = mp.mpf(1) / 8

    def support(self):
        return 0.0, 1.0

    def centre(self):
        return mp.mpf(1) / 2

    def fold(self, x):
        return mp.log(x / (1 - x))

    def unfold(self, t):
        x = 1 / (1 + mp.exp(-t))
        return x, x * (1 - x)
