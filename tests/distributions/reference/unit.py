"""Uniform, Beta, Kumaraswamy, ContinuousBernoulli: bounded supports."""
import mpmath as mp
import scipy.stats

from core import BOUNDED_TAILS, Distribution, Unit
from special import beta_tails, log_beta

NEAR_ONE = (1 - mp.mpf(2) ** -24, 1 - mp.mpf(2) ** -53, 1 - mp.mpf(2) ** -10)


class Uniform(Distribution):
    name = "Uniform"
    parameters = ("low", "high")
    sets = [(0, 1), (-1, 1), (2, 5), (-7, -3), (0.1, 0.3), (-100, 1000), (0, 1e-6),
            (1, 1.0000001192092896),
            (-1e6, 1e6), (0, 1e-30), (0, 1e30), (-1e300, 1e-300), (1e-300, 1e300)]
    lower_levels = upper_levels = BOUNDED_TAILS
    smooth_ends = True

    def prepare(self):
        self.spread = self.high - self.low

    def support(self):
        return float(self.low), float(self.high)

    def log_density(self, x):
        return -mp.log(self.spread)

    def tails(self, x):
        return (x - self.low) / self.spread, (self.high - x) / self.spread

    def quantile(self, p, q=None, tolerance=None):
        return self.low + mp.mpf(p) * self.spread

    def modes(self):
        return [self.low], None

    def mean(self):
        return (self.low + self.high) / 2

    def variance(self):
        return self.spread**2 / 12

    def entropy(self):
        return mp.log(self.spread)

    def witness(self):
        return scipy.stats.uniform(self.at[0], self.at[1] - self.at[0])


class Beta(Unit):
    name = "Beta"
    parameters = ("concentration1", "concentration0")
    sets = [(2, 3), (5, 1.5), (0.5, 0.5), (1, 1), (1, 3), (3, 1), (0.5, 2), (2, 0.5), (1, 0.5),
            (0.5, 1),
            (10, 30), (1e-3, 1e-3), (1e-3, 5), (5, 1e-3), (1e3, 1e3), (1e3, 1e-3), (1e6, 1e6),
            (1e6, 3),
            (3, 1e8), (1e8, 2e6), (0.1, 1e6)]

    def prepare(self):
        a, b = self.concentration1, self.concentration0
        self.spread = mp.sqrt(a * b / (a + b + 1)) / (a + b)

    def centre(self):
        return self.mean()

    def log_density(self, x):
        a, b = self.concentration1, self.concentration0
        for power, end in ((a, 0), (b, 1)):
            if x == end and power != 1:
                return mp.inf if power < 1 else -mp.inf
        return (((a - 1) * mp.log(x) if x > 0 else 0) + ((b - 1) * mp.log1p(-x) if x < 1 else 0)
                - log_beta(a, b))

    def gradient(self, x):
        return super().gradient(x) if 0 < x < 1 else None

    def tails(self, x):
        return beta_tails(self.concentration1, self.concentration0, x)

    def quantile(self, p, q=None, tolerance=None):
        q = 1 - mp.mpf(p) if q is None else mp.mpf(q)
        if p > q:  # towards 1 the distance to 1 is what has digits
            a, b = self.concentration1, self.concentration0
            return 1 - Beta(b, a).quantile(q, mp.mpf(p), tolerance)
        return super().quantile(p, q, tolerance)

    def extra_points(self):
        return [self.mean(), *NEAR_ONE]

    def modes(self):
        a, b = self.concentration1, self.concentration0
        zero, one = mp.mpf(0), mp.mpf(1)
        if a == 1 and b == 1:
            return [zero], None
        if a > 1 and b > 1:
            found = [(a - 1) / (a + b - 2)]
        elif a < 1 and b < 1:
            found = [zero, one]
        else:
            found = [zero] if a < b else [one]
        return found, found

    def mean(self):
        a, b = self.concentration1, self.concentration0
        return a / (a + b)

    def variance(self):
        return self.spread**2

    def entropy(self):
        a, b = self.concentration1, self.concentration0
        return (log_beta(a, b) - (a - 1) * mp.psi(0, a) - (b - 1) * mp.psi(0, b)
                + (a + b - 2) * mp.psi(0, a + b))

    def witness(self):
        return scipy.stats.beta(*self.at)


class Kumaraswamy(Unit):
    name = "Kumaraswamy"
    parameters = ("concentration1", "concentration0")
    sets = [(2, 3), (5, 1.5), (0.5, 0.5), (1, 1), (1, 3), (3, 1), (0.5, 2), (2, 0.5), (1, 0.5),
            (0.5, 1),
            (10, 30), (1e-3, 1e-3), (1e-3, 5), (5, 1e-3), (1e3, 1e3), (1e6, 1e6), (1e6, 3),
            (3, 1e8), (1e8, 2),
            (0.1, 1e6)]

    def log_density(self, x):
        a, b = self.concentration1, self.concentration0
        for power, end in ((a, 0), (b, 1)):
            if x == end and power != 1:
                return mp.inf if power < 1 else -mp.inf
        log_x = mp.log(x) if x > 0 else mp.mpf(0)
        rest = mp.mpf(0) if x == 0 or x == 1 else (b - 1) * mp.log(-mp.expm1(a * log_x))
        return mp.log(a * b) + (a - 1) * log_x + rest

    def gradient(self, x):
        return super().gradient(x) if 0 < x < 1 else None

    def tails(self, x):
        log_upper = self.concentration0 * mp.log1p(-mp.exp(self.concentration1 * mp.log(x)))
        return -mp.expm1(log_upper), mp.exp(log_upper)

    def quantile(self, p, q=None, tolerance=None):
        p = mp.mpf(p)
        q = 1 - p if q is None else mp.mpf(q)
        if p == 0 or q == 0:
            return mp.mpf(0) if p == 0 else mp.mpf(1)
        log_q = mp.log(q) if q < p else mp.log1p(-p)
        return mp.exp(mp.log(-mp.expm1(log_q / self.concentration0)) / self.concentration1)

    def extra_points(self):
        return NEAR_ONE

    def modes(self):
        a, b = self.concentration1, self.concentration0
        zero, one = mp.mpf(0), mp.mpf(1)
        if a == 1 and b == 1:
            return [zero], None
        if a > 1 and b > 1:
            found = [((a - 1) / (a * b - 1)) ** (1 / a)]
        elif a < 1 and b < 1:
            found = [zero, one]
        else:
            found = [zero] if a < 1 or (a == 1 and b > 1) else [one]
        return found, found

    def moment(self, n):
        b = self.concentration0
        return b * mp.exp(log_beta(1 + n / self.concentration1, b))

    def mean(self):
        return self.moment(1)

    def variance(self):
        with mp.workdps(120):
            return self.moment(2) - self.moment(1) ** 2

    def entropy(self):
        a, b = self.concentration1, self.concentration0
        return (1 - 1 / b) + (1 - 1 / a) * (mp.psi(0, b + 1) + mp.euler) - mp.log(a * b)


class ContinuousBernoulli(Unit):
    """Loaiza-Ganem and Cunningham (2019): l e^(l x) / (e^l - 1) for the logit l."""

    name = "ContinuousBernoulli"
    parameters = ("probs",)
    sets = [(0.5,), (0.3,), (0.7,), (0.1,), (0.9,), (0.25,), (0.499,), (0.501,), (0.5 + 2.0**-24,),
            (0.5 - 2.0**-24,), (0.5 + 2.0**-12,), (0.5 + 2.0**-50,), (0.999,), (0.001,), (1e-6,),
            (1e-30,),
            (1 - 2.0**-24,), (1e-300,)]
    smooth_ends = True

    def logit(self):
        return mp.log(self.probs) - mp.log1p(-self.probs)

    def prepare(self):
        with mp.workdps(mp.mp.dps + 200):
            self.l = self.logit()
        self.spread = mp.sqrt(self.variance())

    def log_density(self, x):
        with mp.workdps(mp.mp.dps + 200):
            l = self.l
            if abs(l) < 1e-60:
                log_mass = l / 2 + l * l / 24  # the next term is l^4 / 2880
            else:
                log_mass = l + mp.log(-mp.expm1(-l) / l)
            return x * l - log_mass

    def tails(self, x):
        l = self.l
        if l == 0:
            return x, 1 - x
        return mp.expm1(l * x) / mp.expm1(l), mp.expm1(-l * (1 - x)) / mp.expm1(-l)

    def quantile(self, p, q=None, tolerance=None):
        if self.l == 0 or p == 0 or p == 1:
            return mp.mpf(p)
        p = mp.mpf(p)
        q = 1 - p if q is None else mp.mpf(q)
        with mp.workdps(400):
            if self.l < 0 and q < p:
                return mp.log(q + p * mp.exp(self.l)) / self.l
            return mp.log1p(p * mp.expm1(self.l)) / self.l

    def extra_points(self):
        return [0.25, 0.5, 0.75, *NEAR_ONE]

    def modes(self):
        found = [mp.mpf(0 if self.l <= 0 else 1)]
        return found, None if self.l == 0 else found

    def mean(self):
        return self.mean_in_full()

    def mean_in_full(self):
        """In 400 digits, as the entropy near l = 0 is of second order in l."""
        with mp.workdps(400):
            if abs(self.l) < 1e-60:
                return mp.mpf(1) / 2 + self.l / 12  # the next term is l^3 / 720
            return -1 / mp.expm1(-self.l) - 1 / self.l

    def variance(self):
        if abs(self.l) < 1e-25:
            return mp.mpf(1) / 12 - self.l**2 / 240
        with mp.workdps(150):
            return 1 / self.l**2 - mp.sinh(self.l / 2) ** -2 / 4

    def entropy(self):
        return -self.log_density(self.mean_in_full())


class ContinuousBernoulliFromLogits(ContinuousBernoulli):
    name = "ContinuousBernoulli::from_logits"
    parameters = ("logits",)
    sets = [(0,), (0.3,), (-2,), (5,), (-5,), (1,), (1e-3,), (-1e-3,), (1e-6,), (1e-12,), (-1e-30,),
            (16,), (-16,),
            (50,), (-100,), (1000,), (-1000,), (1e6,), (1e-300,)]

    def logit(self):
        return self.logits


FAMILIES = [Uniform, Beta, Kumaraswamy, ContinuousBernoulli, ContinuousBernoulliFromLogits]
