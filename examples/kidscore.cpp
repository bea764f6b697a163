#include <cstdio>
#include <cstdlib>
#include <evident/evident.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "expect.hpp"

using namespace evident;

struct Kids {
  std::vector<double> score, iq;  // of the child's test, and of the mother
};

// Reads the columns kid_score, mom_hs and mom_iq; ends the program at a line that is not so.
Kids read(const std::string& path) {
  std::ifstream file(path);
  Kids kids;
  std::string line;
  const auto fail = [&](std::size_t number, const std::string& what) {
    std::fprintf(stderr, "%s, line %zu: %s\n", path.c_str(), number, what.c_str());
    std::exit(1);
  };
  if (!std::getline(file, line)) fail(1, "cannot be read");
  if (line != "kid_score,mom_hs,mom_iq") {
    fail(1, "expected kid_score,mom_hs,mom_iq, got \"" + line + "\"");
  }
  for (std::size_t number = 2; std::getline(file, line); ++number) {
    double score, school, iq;
    char more;
    if (std::sscanf(line.c_str(), "%lf,%lf,%lf %c", &score, &school, &iq, &more) != 3 ||
        !std::isfinite(score) || !std::isfinite(iq)) {
      fail(number, "expected three numbers, got \"" + line + "\"");
    }
    kids.score.push_back(score), kids.iq.push_back(iq);
  }
  if (kids.score.size() < 3) fail(kids.score.size() + 2, "expected three children or more");
  return kids;
}

// What does the mother's IQ say of the child's test score? A line, with noise of unknown size.
int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : std::getenv("EVIDENT_KIDIQ");
  if (path == nullptr) {
    std::printf("Nothing to do: name kidiq.csv as the argument or in EVIDENT_KIDIQ.\n");
    return 0;
  }
  const Kids kids = read(path);
  const Var score = vector(kids.score), iq = vector(kids.iq), mean_iq = mean(iq);
  const auto model = [&](Trace& t) {
    // As good as flat; the height of the line at the mean IQ has little to do with its slope.
    const Var height = t.sample("height", Normal(0, 1e6)),
              slope = t.sample("slope", Normal(0, 1e6));
    const Var sigma = t.sample("sigma", HalfCauchy(2.5));
    t.observe("score", Normal(height + slope * (iq - mean_iq), sigma), score);
  };

  Rng rng(1);
  const LatentSpace space(rng, model);
  SamplerOptions options;
  options.draws = 2000;
  const Array start = vector({mean(score).item(), 0, std::log(20)});  // height, slope, log sigma
  const Draws draws = nuts(rng, space.density(), start, options);
  for (const std::string& warning : warnings(draws, space.free_names()))
    std::printf("%s\n", warning.c_str());

  const Var values = space.values(draws.values), slope = slice(values, 2, 1, 2);
  const Var intercept = slice(values, 2, 0, 1) - slope * mean_iq;
  const Array posterior = concatenate({intercept, slice(values, 2, 1, 3)}).value();
  const auto summary = summarise(posterior, {"intercept", "slope", "sigma"});
  std::printf("%zu children\n%s", kids.score.size(), to_string(summary).c_str());

  // The reference posterior of the 434 children of Gelman and Hill 2007, see posteriordb.
  if (kids.score.size() != 434) return 0;
  const Array sd_errors = mcse_sd(posterior);
  const double means[] = {25.79978, 0.6099746, 18.27747}, sds[] = {5.92452, 0.0585913, 0.62271};
  for (std::size_t i = 0; i < 3; ++i) {
    expect("mean", summary[i].mean, means[i], 4 * summary[i].mcse);
    expect("sd", summary[i].sd, sds[i], 4 * sd_errors(i));
  }
}
