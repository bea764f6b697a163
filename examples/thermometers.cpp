#include <cstdio>
#include <evident/evident.hpp>

#include "expect.hpp"

using namespace evident;

// A temperature, read off a precise thermometer that is biased and off a coarse one that is not.
void thermometers(Trace& t) {
  const Var temperature = t.sample("temperature", Normal(15, 8));
  const Var bias = t.sample("bias", Normal(0, 1));
  t.observe("first", Normal(temperature + bias, 0.5), 21);
  t.observe("second", Normal(temperature, 2), 17);
}

// Somebody says that it is not much above 19.
void with_hearsay(Trace& t) {
  thermometers(t);
  t.factor("hearsay", log_sigmoid(2 * (19 - t.find("temperature")->value)));
}

template <class Model>
QuantitySummary temperature_of(Rng& rng, const char* what, const Model& model) {
  const LatentSpace space(rng, model);
  const Draws draws = nuts(rng, space.density(), zeros({space.size()}));
  const auto summary = summarise(space.values(draws.values), space.names());
  std::printf("%-34s %6.2f +- %.2f\n", what, summary[0].mean, summary[0].sd);
  return summary[0];
}

// The same by a sum over a grid, the bias integrated out: what the first one's variance has room
// for.
template <class Weight>
double exact_mean(double first, double variance_of_first, const Weight& log_weight) {
  double total = 0, mean = 0;
  for (double x = -20; x < 50; x += 0.01) {
    const double density = Normal(15, 8).log_prob(x).item() + Normal(x, 2).log_prob(17).item() +
                           Normal(x, std::sqrt(variance_of_first)).log_prob(first).item();
    const double weight = std::exp(density + log_weight(x));
    total += weight, mean += weight * x;
  }
  return mean / total;
}

int main() {
  Rng rng(1);
  const auto nothing = [](double) { return 0.0; };

  // Before any data are seen: the observed sites are drawn as well.
  const SiteDraws before = prior_predictive(rng, 20000, thermometers);
  const double first_before = mean(Var(before.at("first"))).item();
  std::printf("the first before it was read       %6.2f\n", first_before);
  expect("first, before", first_before, 15, 4 * std::sqrt(65.25 / 20000));

  const auto all = temperature_of(rng, "temperature", thermometers);
  expect("temperature", all.mean, exact_mean(21, 1.25, nothing), 4 * all.mcse);

  const auto calibrated = condition(thermometers, {{"bias", 0.4}});
  const auto known = temperature_of(rng, "the same, the bias known", calibrated);
  expect("calibrated", known.mean, exact_mean(20.6, 0.25, nothing), 4 * known.mcse);

  const auto heard = temperature_of(rng, "the same, and hearsay", with_hearsay);
  expect("hearsay", heard.mean,
         exact_mean(21, 1.25, [](double x) { return -std::log1p(std::exp(2 * (x - 19))); }),
         4 * heard.mcse);

  const SiteDraws hot = prior_predictive(rng, 20000, replay(thermometers, {{"temperature", 30}}));
  const double first_hot = mean(Var(hot.at("first"))).item();
  std::printf("the first, were it 30 degrees      %6.2f\n", first_hot);
  expect("first, at 30", first_hot, 30, 4 * std::sqrt(1.25 / 20000));

  const auto hidden = block(thermometers, {"bias"});
  const auto guide = [&](Trace& t) { t.sample("temperature", Normal(all.mean, all.sd)); };
  ElboOptions options;
  options.particles = 20000;
  const Elbo e = elbo(options, rng, hidden, guide);
  // E log N(21 | x + b, 1/2) and E log N(17 | x, 2) over x and b, and KL of two normals.
  const auto expected_log = [&](double y, double sd, double spread) {
    return Normal(0, sd).log_prob(0).item() -
           ((y - all.mean) * (y - all.mean) + spread) / (2 * sd * sd);
  };
  const double v = all.sd * all.sd;
  const double exact = expected_log(21, 0.5, v + 1) + expected_log(17, 2, v) -
                       kl(Normal(all.mean, all.sd), Normal(15, 8)).item();
  std::printf("bound of a guide without the bias  %6.2f nats\n", e.value.item());
  expect("bound", e.value.item(), exact, 4 * e.error);
}
