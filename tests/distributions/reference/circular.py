"""VonMises."""
import mpmath as mp
import scipy.stats

from core import INF, Distribution

FOURIER_LIMIT = 1000  # above it the tails are expanded in incomplete gamma functions


class VonMises(Distribution):
    """Periodic density; cdf and quantiles on [loc - pi, loc + pi]; circular moments."""

    name = "VonMises"
    parameters = ("loc", "concentration")
    sets = [(0, 1), (1, 2), (-2, 0.5), (3, 10), (0.1, 0.1), (-0.5, 4), (0, 1e-3), (0, 1e-30),
            (2, 30), (0, 100),
            (1, 1e3), (0, 1e4), (0, 1e6), (0, 1e8)]
    lower_levels = upper_levels = ("1e-10", "1e-3", "0.1")
    smooth_ends = True

    def prepare(self):
        self.spread = 1 / mp.sqrt(1 + self.concentration)
        self.log_i0 = mp.log(mp.besseli(0, self.concentration))
        self.ratios = None

    def support(self):
        return self.loc - mp.pi, self.loc + mp.pi

    def inside(self, x):
        return not mp.isinf(x)

    def log_density(self, x):
        return self.concentration * mp.cos(x - self.loc) - mp.log(2 * mp.pi) - self.log_i0

    def tails(self, x):
        theta = x - self.loc
        small = self.far_tail(abs(theta))
        return (1 - small, small) if theta > 0 else (small, 1 - small)

    def far_tail(self, theta):
        """The probability of (theta, pi) for theta >= 0."""
        k = self.concentration
        if k <= FOURIER_LIMIT:
            return self.by_fourier(theta)
        s = mp.sin(theta / 2)
        return self.by_gamma(s) if s * s < 0.8 else self.by_quadrature(theta)

    def by_fourier(self, theta):
        """1/2 - (theta + 2 sum of I_j / I_0 sin(j theta) / j) / (2 pi)."""
        k = self.concentration
        with mp.workdps(60 + int(0.9 * k)):
            if self.ratios is None:
                start = int(2 * k + 12 * mp.sqrt(k) * mp.sqrt(1 + k / 10) / 2 + 80)
                ratio, ratios = mp.mpf(0), []
                for j in range(start, 0, -1):
                    ratio = k / (2 * j + k * ratio)  # I_j / I_(j - 1)
                    ratios.append(ratio)
                self.ratios, product = [], mp.mpf(1)
                for ratio in reversed(ratios):
                    product *= ratio
                    if product < mp.eps / 1000:
                        break
                    self.ratios.append(product)
                else:
                    raise ArithmeticError("VonMises: too few Fourier terms")
            theta = mp.mpf(theta)
            total, before, now = theta, mp.mpf(0), mp.sin(theta)
            twice = 2 * mp.cos(theta)
            for j, ratio in enumerate(self.ratios, 1):
                total += 2 * ratio * now / j
                before, now = now, twice * now - before
            return mp.mpf(1) / 2 - total / (2 * mp.pi)

    def by_gamma(self, s):
        """Integral of 2 e^(-2 k s^2) / sqrt(1 - s^2) from s on, term by term in powers of s^2."""
        k = self.concentration
        z = 2 * k * s * s
        part = mp.sqrt(mp.pi) * mp.erfc(mp.sqrt(z))  # Gamma(m + 1/2, z)
        edge = mp.exp(-z) * mp.sqrt(z)               # z^(m + 1/2) e^-z
        coefficient, power = mp.mpf(1), mp.sqrt(2 * k)
        total, m = mp.mpf(0), 0
        while True:
            term = coefficient * part / power
            total += term
            if term < mp.mpf(10) ** -55 * total:
                break
            part = (m + mp.mpf(1) / 2) * part + edge
            m += 1
            edge *= z
            power *= 2 * k
            coefficient *= mp.mpf(2 * m - 1) / (2 * m)
            if m > 4000:
                raise ArithmeticError("VonMises: series does not converge")
        return total * mp.exp(k - self.log_i0) / (2 * mp.pi)

    def by_quadrature(self, theta):
        k = self.concentration
        scale = min(1 / (k * max(mp.sin(theta), 1 / mp.sqrt(k))), mp.pi - theta)
        ends, step = [theta], scale
        while ends[-1] + step < mp.pi:
            ends.append(ends[-1] + step)
            step *= 2
        ends.append(+mp.pi)
        top = k * mp.cos(theta)
        return mp.quad(lambda t: mp.exp(k * mp.cos(t) - top),
                       ends) * mp.exp(top - self.log_i0) / (2 * mp.pi)

    def centre(self):
        return self.loc

    def fold(self, x):
        u = (x - self.loc) / (2 * mp.pi) + mp.mpf(1) / 2
        return mp.log(u / (1 - u))

    def unfold(self, t):
        u = 1 / (1 + mp.exp(-t))
        return self.loc + 2 * mp.pi * (u - mp.mpf(1) / 2), 2 * mp.pi * u * (1 - u)

    def modes(self):
        return [self.loc], [self.loc]

    def median(self):
        return self.loc

    mean = median

    def extra_points(self):
        loc = self.loc
        return [loc + t for t in (-10, -4, -3.125, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.125, 4, 100)]

    def points(self):
        """The density has no end: infinities are no points."""
        return [x for x in super().points() if abs(x) < INF]

    def variance(self):
        with mp.workdps(100):
            k = self.concentration
            return 1 - mp.besseli(1, k) / mp.besseli(0, k)

    def entropy(self):
        with mp.workdps(100):
            k = self.concentration
            i0 = mp.besseli(0, k)
            return mp.log(2 * mp.pi * i0) - k * mp.besseli(1, k) / i0

    def witness(self):
        return scipy.stats.vonmises(self.at[1], self.at[0])


FAMILIES = [VonMises]
