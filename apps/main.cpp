#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <evident/apps/draw.hpp>
#include <evident/apps/evaluate.hpp>
#include <evident/apps/train.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/data/idx.hpp>
#include <evident/layers/safetensors.hpp>
#include <evident/version.hpp>
#include <exception>
#include <functional>
#include <new>
#include <string>
#include <vector>

namespace {

using namespace evident;

enum ExitCode { kDone = 0, kFailure = 1, kUsage = 2, kBadData = 3, kBadWeights = 4 };

constexpr double kWidest = 65536;  // of a layer

constexpr const char* kDataHelp =
    "fashion-mnist, or a directory with the IDX files of MNIST, plain or gzip";

// What every command offers.
struct Common {
  std::size_t threads = 0;
  std::function<int()> chosen;
};

CLI::App* add_command(CLI::App& app, Common& common, const char* name, const char* what,
                      const char* example) {
  CLI::App* command = app.add_subcommand(name, what);
  command->footer(fmt::format("Example:\n  {}", example));
  command->add_option("--threads", common.threads, "threads to compute with; 0: one per core")
      ->check(CLI::Range(0, 1024));
  return command;
}

// A finite number above 0 and up to `most`, without anything behind it.
CLI::Option* positive(CLI::Option* option, double most = 1e9) {
  return option->check(CLI::Validator(
      [most](const std::string& word) {
        double value = 0;
        const char* end = word.data() + word.size();
        const auto [stop, error] = std::from_chars(word.data(), end, value);
        const bool good = error == std::errc() && stop == end && value > 0 && value <= most;
        return good ? std::string()
                    : fmt::format("got \"{}\", expected a number above 0, at most {}", word, most);
      },
      "POSITIVE"));
}

// A number in [0, below), without anything behind it.
CLI::Validator fraction(double below) {
  return CLI::Validator(
      [below](const std::string& word) {
        double value = 0;
        const char* end = word.data() + word.size();
        const auto [stop, error] = std::from_chars(word.data(), end, value);
        const bool good = error == std::errc() && stop == end && value >= 0 && value < below;
        return good ? std::string()
                    : fmt::format("got \"{}\", expected a number from 0 to below {}", word, below);
      },
      "FRACTION");
}

void add_train(CLI::App& app, Common& common, TrainOptions& options) {
  CLI::App* command =
      add_command(app, common, "train", "Train a variational autoencoder on images",
                  "evident train --data fashion-mnist --out runs/fashion --epochs 20");
  command
      ->add_option("--model", options.model,
                   "vae; conditional-vae: told each image's label, it draws images of a label")
      ->check(CLI::IsMember(ImageModel::names()))
      ->capture_default_str();
  command->add_option("--data", options.data, kDataHelp)->capture_default_str();
  command->add_option("--out", options.out, "directory for weights and metrics")->required();
  positive(command->add_option("--epochs", options.epochs, "passes over the training images"))
      ->capture_default_str();
  positive(command->add_option("--batch", options.batch, "images of a step"))
      ->capture_default_str();
  positive(command->add_option("--lr", options.learning_rate, "learning rate of Adam"))
      ->capture_default_str();
  positive(command->add_option("--latent", options.networks.latent, "latent dimensions"), kWidest)
      ->capture_default_str();
  positive(command->add_option("--hidden", options.networks.hidden,
                               "widths of the encoder's hidden layers; the decoder mirrors them"),
           kWidest)
      ->delimiter(',')
      ->default_str("500,500");
  command->add_option("--activation", options.networks.activation, "between the layers")
      ->check(CLI::IsMember(activation_names()))
      ->capture_default_str();
  command->add_option("--dropout", options.networks.dropout, "fraction dropped in training")
      ->check(fraction(1))
      ->capture_default_str();
  command
      ->add_option("--binarize", options.binarize,
                   "dynamic: pixels drawn anew every epoch; static: drawn once; none: grey")
      ->check(CLI::IsMember({"dynamic", "static", "none"}))
      ->capture_default_str();
  command->add_option("--seed", options.seed, "of everything random")->capture_default_str();
  command->add_flag("--check-values", options.check_values,
                    "stop at the first NaN or infinity and say where it arose; slower");
  command->add_flag("--json", options.json, "print the result as JSON");
  command->callback([&] { common.chosen = [&] { return train(options); }; });
}

void add_evaluate(CLI::App& app, Common& common, EvaluateOptions& options) {
  CLI::App* command = add_command(app, common, "evaluate",
                                  "Judge a trained model by test images; a conditional-vae by "
                                  "log p(x|y), given their labels",
                                  "evident evaluate --weights runs/fashion --samples 100");
  command->add_option("--weights", options.weights, "a file, or the directory of a run")
      ->required();
  command->add_option("--data", options.data,
                      "fashion-mnist or a directory; by default what the model was trained on");
  command->add_option("--binarize", options.binarize, "dynamic, static or none; as in training")
      ->check(CLI::IsMember({"dynamic", "static", "none"}));
  positive(command->add_option("--samples", options.samples,
                               "importance samples of an estimate of log p(x) or log p(x|y)"))
      ->capture_default_str();
  positive(
      command->add_option("--repeats", options.repeats, "estimates, for their Monte Carlo error"))
      ->capture_default_str();
  positive(command->add_option("--batch", options.batch, "images at once"))->capture_default_str();
  command->add_option("--seed", options.seed, "of everything random")->capture_default_str();
  command->add_flag("--json", options.json, "print the result as JSON");
  command->callback([&] { common.chosen = [&] { return evaluate(options); }; });
}

CLI::App* add_drawing(CLI::App& app, Common& common, DrawOptions& options, const char* name,
                      const char* what, const char* example, const char* count, int most,
                      int (*draw)(const DrawOptions&)) {
  CLI::App* command = add_command(app, common, name, what, example);
  command->add_option("--weights", options.weights, "a file, or the directory of a run")
      ->required();
  command->add_option("--out", options.out, "the PNG file to write")->required();
  command->add_option("--count", options.count, count)->check(CLI::Range(1, most));
  command->add_option("--scale", options.scale, "each pixel becomes a square of this side")
      ->check(CLI::Range(1, 32))
      ->capture_default_str();
  command->add_option("--seed", options.seed, "of everything random")->capture_default_str();
  command->add_flag("--json", options.json, "print the result as JSON");
  command->callback(
      [&common, &options, draw] { common.chosen = [&options, draw] { return draw(options); }; });
  return command;
}

// CLI11's own wording, as one line with a pointer to the help. Of a command that is not there it
// only says that one is missing.
int usage_error(const CLI::App& app, const CLI::ParseError& error, const std::string& first) {
  const auto chosen = app.get_subcommands();
  const std::string command = chosen.empty() ? "" : " " + chosen.front()->get_name();
  std::string what = error.what();
  if (chosen.empty() && (first.empty() || first.front() != '-')) {
    std::vector<std::string> names;
    for (const CLI::App* known : app.get_subcommands({})) names.push_back(known->get_name());
    what = fmt::format(
        "{}, expected one of {}",
        first.empty() ? "a command is missing" : fmt::format("there is no command \"{}\"", first),
        fmt::join(names, ", "));
  }
  std::fputs(fmt::format("evident{}: {}; see evident{} --help\n", command, what, command).c_str(),
             stderr);
  return kUsage;
}

int run(int argc, char** argv) {
  CLI::App app("Variational autoencoders of images: train, judge, draw.", "evident");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("evident ") + version());
  app.footer(
      "Example:\n  evident train --data fashion-mnist --out runs/fashion --epochs 20\n\n"
      "Exit codes: 0 done, 1 failure, 2 usage, 3 bad data, 4 bad weights, 130 interrupted.");

  Common common;
  TrainOptions train_options;
  EvaluateOptions evaluate_options;
  DrawOptions draw_options;
  add_train(app, common, train_options);
  add_evaluate(app, common, evaluate_options);
  const auto with_label = [&](CLI::App* command, const char* what) {
    command->add_option("--label", draw_options.label, what)->check(CLI::Range(0, 255));
  };
  with_label(add_drawing(app, common, draw_options, "sample", "Draw images from the model",
                         "evident sample --weights runs/fashion --out samples.png",
                         "images to draw, of every label if all are drawn", 10000, draw_samples),
             "of a conditional-vae: draw this label; by default a row for each");
  const auto with_data = [&](CLI::App* command) {
    command->add_option("--data", draw_options.data,
                        "fashion-mnist or a directory; by default what the model was trained on");
  };
  with_data(add_drawing(app, common, draw_options, "reconstruct",
                        "Draw test images, each above its reconstruction; a conditional-vae is "
                        "told their labels",
                        "evident reconstruct --weights runs/fashion --out reconstructions.png",
                        "images to reconstruct", 10000, draw_reconstructions));
  CLI::App* manifold = add_drawing(app, common, draw_options, "manifold",
                                   "Draw what the decoder makes of a plane of latents",
                                   "evident manifold --weights runs/fashion --out manifold.png",
                                   "images along a side", 100, draw_manifold);
  with_data(manifold);
  with_label(manifold, "of a conditional-vae: draw this label; 0 by default");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error, argc > 1 ? argv[1] : "");
  }
  set_threads(common.threads);
  const int code = common.chosen();
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    throw Error("the result could not be written to standard output");
  }
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  const auto failed = [](int code, const std::exception& error) {
    std::fprintf(stderr, "evident: %s\n", error.what());
    return code;
  };
  try {
    return run(argc, argv);
  } catch (const evident::DataError& error) {
    return failed(kBadData, error);
  } catch (const evident::WeightsError& error) {
    return failed(kBadWeights, error);
  } catch (const std::bad_alloc&) {
    return failed(kFailure,
                  evident::Error("not enough memory: lower --batch, --hidden or --count"));
  } catch (const std::exception& error) {
    return failed(kFailure, error);
  }
}
