#include <cstdio>
#include <evident/evident.hpp>

#include "expect.hpp"

using namespace evident;

const std::size_t kPeople = 1000, kQuestions = 8;

// A test of eight questions: the abler somebody is, the more of them are answered, the harder ones
// last. Of each person there is one hidden number, and a run has the given number of people.
struct Questions {
  Var difficulty, slope;
  std::size_t at_once;

  void operator()(Trace& t, const Var& answers) const {
    const Plate people = t.plate("people", rows(answers), at_once);
    const Var ability = t.sample("ability", to_event(Normal(zeros({people.count(), 1}), 1), 1));
    const Var logits = slope * (ability - difficulty);
    t.observe("answers", to_event(Bernoulli::from_logits(logits), 1), people.take(answers));
  }
};

// Two numbers for every person.
struct Local {
  std::size_t at_once;
  Var loc = Var::parameter(zeros({kPeople, 1})), log_scale = Var::parameter(zeros({kPeople, 1}));

  void operator()(Trace& t, const Var& answers) const {
    const Plate people = t.plate("people", rows(answers), at_once);
    t.sample("ability", to_event(Normal(people.take(loc), exp(people.take(log_scale))), 1));
  }
  template <class V>
  void visit(V& v) {
    v("loc", loc), v("log_scale", log_scale);
  }
};

// A network that reads somebody's answers.
struct Amortised {
  std::size_t at_once;
  Sequential network;

  void operator()(Trace& t, const Var& answers) const {
    const Plate people = t.plate("people", rows(answers), at_once);
    const auto [loc, log_scale] = split(network(people.take(answers)), 1);
    t.sample("ability", to_event(Normal(loc, exp(log_scale)), 1));
  }
  template <class V>
  void visit(V& v) {
    v("network", network);
  }
};

// log p(answers) of all people together, by Simpson's rule over the ability.
double exact_evidence(const Questions& model, const Var& answers) {
  const std::size_t points = 2001;
  const double step = 16.0 / (points - 1);
  Array at = uninitialised({points, 1, 1}), log_weight = uninitialised({points, 1});
  for (std::size_t k = 0; k < points; ++k) {
    at.data()[k] = -8 + step * static_cast<double>(k);
    const double simpson = k == 0 || k == points - 1 ? 1 : k % 2 == 1 ? 4 : 2;
    log_weight.data()[k] = std::log(simpson * step / 3);
  }
  const Var logits = model.slope * (Var(at) - model.difficulty);
  const Var of_answers = sum(Bernoulli::from_logits(logits).log_prob(answers), {2});
  const Var joint = of_answers + reshape(Normal(0, 1).log_prob(at), {points, 1}) + log_weight;
  return sum(logsumexp(joint, {0})).item();
}

Var answers_of(Rng& rng, const Questions& model) {
  const Var ability = standard_normal({kPeople, 1}, rng);
  return Bernoulli::from_logits(model.slope * (ability - model.difficulty)).sample(rng);
}

int main() {
  Rng rng(1);
  const Questions model{vector({-2, -1.5, -1, -0.5, 0, 0.5, 1, 2}), scalar(2), 100};
  const Questions all{model.difficulty, model.slope, kPeople};
  const Var answers = answers_of(rng, model), of_others = answers_of(rng, model);

  FitOptions options;
  options.adam.learning_rate = cosine_decay(0.05, 6000);
  options.steps = 6000;
  options.tolerance = 0;
  Local local{100};
  fit(rng, options, model, local, answers);
  options.adam.learning_rate = cosine_decay(0.01, 6000);
  Amortised amortised{100, mlp(rng, {kQuestions, 16, 2}, {"tanh"})};
  fit(rng, options, model, amortised, answers);

  local.at_once = amortised.at_once = kPeople;  // from here on all people in every run
  const double evidence = exact_evidence(all, answers), others = exact_evidence(all, of_others);
  ElboOptions draws;
  draws.particles = 1000;
  const auto compare = [&](const char* name, const auto& guide, const Var& data, double exact) {
    const Elbo e = elbo(draws, rng, all, guide, data);
    std::printf("%-28s %8.1f +- %.1f   %8.1f\n", name, e.value.item(), e.error, exact);
    // No guide is above the evidence; posteriors of one number are nearly normal.
    expect(name, e.value.item(), exact - 0.005 * kPeople, 0.005 * kPeople + 4 * e.error);
  };
  std::printf("guide                             ELBO, nats    evidence\n");
  compare("two numbers for each person", local, answers, evidence);
  compare("a network", amortised, answers, evidence);
  compare("the network, other people", amortised, of_others, others);

  std::printf("\n draws   the network's bound below the evidence, nats\n");
  draws.bound = EvidenceBound::kImportanceWeighted;
  for (const std::size_t k : {1, 10, 100, 1000}) {
    draws.particles = k;
    const double below = others - elbo(draws, rng, all, amortised, of_others).value.item();
    std::printf("%6zu   %.2f\n", k, below);
    if (k == 1000) expect("bound of 1000 draws", below, 0, 0.5);
  }

  // People are independent, so that each has weights, and a k-hat, of its own.
  const GuideCheck check = check_guide(rng, 1000, all, amortised, of_others);
  std::printf("\nThe network, other people:\n%s", to_string(check).c_str());
  expect("log evidence", check.log_evidence, others, 4 * check.log_evidence_error);
}
