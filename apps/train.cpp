#include <fmt/format.h>

#include <cmath>
#include <evident/apps/interrupt.hpp>
#include <evident/apps/progress.hpp>
#include <evident/apps/score.hpp>
#include <evident/apps/train.hpp>
#include <evident/inference/elbo.hpp>
#include <evident/optim/adam.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using Json = nlohmann::ordered_json;

// The run's directory, made if need be and known to be writable before any work is done.
void prepare(const std::filesystem::path& out) {
  std::error_code failure;
  std::filesystem::create_directories(out, failure);
  const std::filesystem::path probe = out / "writable";
  if (failure || !std::ofstream(probe)) {
    throw Error(fmt::format("train: {}: cannot write there{}: choose another directory with --out",
                            out.string(), failure ? " (" + failure.message() + ")" : ""));
  }
  std::filesystem::remove(probe);
}

// Where data are found again from another directory.
std::string where(const std::string& data) {
  return std::filesystem::is_directory(data) ? std::filesystem::canonical(data).string() : data;
}

// The first line of a run replaces what an earlier run has left.
void write_line(const std::filesystem::path& path, const std::string& line, bool first) {
  std::ofstream file(path, first ? std::ios::trunc : std::ios::app);
  file << line << '\n';
  if (!file.flush()) {
    throw Error(fmt::format("train: {}: cannot write: is the disk full?", path.string()));
  }
}

// Running totals of an epoch, in nats.
struct Totals {
  double elbo = 0, log_likelihood = 0, kl = 0;
  std::size_t images = 0;

  void add(const Elbo& e, std::size_t count) {
    elbo += e.value.item();
    log_likelihood += e.log_likelihood.item();
    kl += e.kl.item();
    images += count;
  }
  double per_image(double total) const { return total / static_cast<double>(images); }
};

class Trainer {
 public:
  explicit Trainer(const TrainOptions& options)
      : options_(options),
        binarize_(binarize_from(options.binarize)),
        images_(load_images(options.data)),
        settings_{images_.train.rows, images_.train.columns, binarize_, where(options.data)},
        model_(make_model()),
        watch_(options.check_values ? TapeOptions{true, false, parameters(model_)} : TapeOptions{}),
        adam_(parameters(model_), {options.learning_rate}),
        train_(images_.train, options.batch, binarize_, options.seed, "train"),
        test_(images_.test, options.batch, binarize_, options.seed, "test"),
        rng_(options.seed, "training") {
    check_fits(model_, settings_, images_.test, images_.name);
    prepare(options.out);
  }

  int run() {
    Json last;
    for (std::size_t epoch = 1; epoch <= options_.epochs; ++epoch) {
      progress_.begin_epoch();
      const Totals totals = run_epoch(epoch);
      if (interrupt_.requested()) {
        save();
        // An earlier run's metrics would pass for those of these weights.
        if (epoch == 1) std::filesystem::remove(metrics_file());
        progress_.line(fmt::format("Interrupted in epoch {}: the weights are in {}", epoch,
                                   weights().string()));
        return 130;
      }
      const double seconds = progress_.seconds();
      last = metrics(epoch, totals, seconds);
      save();
      write_line(metrics_file(), last.dump(), epoch == 1);
      progress_.line(fmt::format(
          "epoch {}/{}  {:.0f} images/s  {}: train {:.2f}, test {:.2f} "
          "({} {:.2f}, KL {:.2f})  {} left",
          epoch, options_.epochs, last["images_per_second"].get<double>(),
          bound_name(model_, binarize_), last["train_elbo"].get<double>(),
          last["test_elbo"].get<double>(), likelihood_name(model_, binarize_),
          last["test_log_likelihood"].get<double>(), last["test_kl"].get<double>(),
          progress_.time_left(static_cast<double>(epoch) / static_cast<double>(options_.epochs))));
    }
    report(last);
    return 0;
  }

 private:
  ImageModel make_model() const {
    VaeOptions o = options_.networks;
    o.pixels = images_.train.size();
    o.grey = binarize_ == Binarize::kNone;
    Rng rng(options_.seed, "initial weights");
    return ImageModel(rng, options_.model, o, images_.train.classes());
  }

  Totals run_epoch(std::size_t epoch) {
    Totals totals;
    for (std::size_t index = 0; index < train_.count() && !interrupt_.requested(); ++index) {
      const Minibatch batch = train_.shuffled(epoch, index);
      totals.add(step(epoch, index, batch), rows(batch.pixels));
      progress_.update({epoch, options_.epochs, totals.images, images_.train.count,
                        bound_name(model_, binarize_), likelihood_name(model_, binarize_),
                        totals.per_image(totals.elbo), totals.per_image(totals.log_likelihood),
                        totals.per_image(totals.kl)});
    }
    return totals;
  }

  Elbo step(std::size_t epoch, std::size_t index, const Minibatch& batch) {
    try {
      Tape tape(watch_);
      Elbo e = model_.call(batch.pixels, batch.labels,
                           [&](const auto&... program) { return elbo(rng_, program...); });
      if (!std::isfinite(e.value.item())) {
        throw Error("the bound is not a finite number (--check-values says where it arises)");
      }
      tape.backward(-e.value / rows(batch.pixels));
      adam_.step();
      return e;
    } catch (const Error& error) {
      throw Error(
          fmt::format("train: epoch {}, step {} of {}: {}; if training diverges, lower --lr", epoch,
                      index + 1, train_.count(), error.what()));
    }
  }

  Json metrics(std::size_t epoch, const Totals& totals, double seconds) const {
    const Score test = score(model_, test_, Rng(options_.seed, "test", epoch));
    return {{"epoch", epoch},
            {"train_elbo", totals.per_image(totals.elbo)},
            {"train_log_likelihood", totals.per_image(totals.log_likelihood)},
            {"train_kl", totals.per_image(totals.kl)},
            {"test_elbo", test.elbo.mean},
            {"test_elbo_standard_error", test.elbo.standard_error},
            {"test_log_likelihood", test.log_likelihood.mean},
            {"test_kl", test.kl.mean},
            {"binarize", to_string(binarize_)},
            {"bound", bound_name(model_, binarize_)},
            {"seconds", seconds},
            {"images_per_second", static_cast<double>(totals.images) / seconds}};
  }

  void report(const Json& last) const {
    if (options_.json) {
      fmt::print("{}\n", last.dump());
      return;
    }
    fmt::print("test {} (binarize {}): {:.3f} nats an image\n", bound_name(model_, binarize_),
               to_string(binarize_), last["test_elbo"].get<double>());
    fmt::print("weights: {}\nmetrics: {}\n", weights().string(), metrics_file().string());
  }

  std::filesystem::path weights() const { return options_.out / "weights.safetensors"; }
  std::filesystem::path metrics_file() const { return options_.out / "metrics.jsonl"; }
  void save() const { save_model(weights(), model_, settings_); }

  const TrainOptions& options_;
  Binarize binarize_;
  Images images_;
  StoredSettings settings_;
  ImageModel model_;
  TapeOptions watch_;
  Adam adam_;
  Batches train_, test_;
  Rng rng_;
  Interrupt interrupt_;
  Progress progress_;
};

}  // namespace

int train(const TrainOptions& options) { return Trainer(options).run(); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
