#include <doctest/doctest.h>

#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

using namespace evident;

namespace {

struct ErrorRow {
  std::string what;  // the misuse
  bool shapes;       // whether a ShapeError is expected
  std::function<void()> misuse;
  std::vector<std::string> words;  // what the message says
};

Var ones_of(const Shape& shape) { return ones(shape); }

const ErrorRow kErrorRows[] = {
    {"shapes that do not broadcast",
     true,
     [] {
       ones_of({3}) + ones_of({2, 4});
     },
     {"add: ", "(3)", "(2, 4)", "axis 1 has lengths 3 and 4", "equal or 1"}},
    {"the other way around",
     true,
     [] {
       ones_of({2, 4}) * ones_of({3, 1});
     },
     {"multiply: ", "axis 0 has lengths 2 and 3"}},
    {"the third argument",
     true,
     [] { where(ones_of({2}), ones_of({2}), ones_of({3})); },
     {"where: ", "(2)", "(3)"}},
    {"an operation named after its function",
     true,
     [] { elementwise([](auto a, auto b) { return a * b; }, ones_of({2}), ones_of({3}), "mine"); },
     {"mine: "}},
    {"more axes than operations carry",
     true,
     [] { ones_of(Shape(std::size_t{17}, std::size_t{2})) + 1.0; },
     {"add: 17 axes", "16"}},
    {"linear: input",
     true,
     [] {
       linear(ones_of({128, 700}), ones_of({784, 500}), ones_of({500}));
     },
     {"linear: input (128, 700) does not fit weight (784, 500): the last dimension must be 784"}},
    {"linear: scalar input",
     true,
     [] {
       linear(1.0, ones_of({1, 5}), ones_of({5}));
     },
     {"linear: input () does not fit weight (1, 5)"}},
    {"linear: weight",
     true,
     [] { linear(ones_of({2}), ones_of({2}), ones_of({2})); },
     {"linear: the weight has shape (2), expected (in, out)"}},
    {"linear: bias",
     true,
     [] {
       linear(ones_of({2}), ones_of({2, 3}), ones_of({2}));
     },
     {"linear: bias (2) does not fit weight (2, 3): expected (3)"}},
    {"matmul: sides",
     true,
     [] {
       matmul(ones_of({2, 3}), ones_of({2, 3}));
     },
     {"matmul: (2, 3) times (2, 3) does not fit", "k is 3"}},
    {"matmul: scalar",
     true,
     [] {
       matmul(1.0, ones_of({2, 3}));
     },
     {"matmul: () times (2, 3)"}},
    {"matmul: batch on the right",
     true,
     [] {
       matmul(ones_of({2, 3}), ones_of({3, 4, 5}));
     },
     {"matmul: (2, 3) times (3, 4, 5) does not fit"}},
    {"split: too far",
     true,
     [] {
       split(ones_of({2, 3}), 4);
     },
     {"split: input (2, 3) cannot be cut after 4"}},
    {"split: scalar", true, [] { split(1.0, 0); }, {"split: input () cannot be cut"}},
    {"reshape",
     true,
     [] {
       reshape(ones_of({2, 3}), {4, 2});
     },
     {"reshape: (2, 3) has 6 elements", "(4, 2)", "has 8"}},
    {"sum: axis",
     true,
     [] {
       sum(ones_of({2, 3}), {2});
     },
     {"sum: axis 2 is not there", "(2, 3)"}},
    {"sum: negative axis",
     true,
     [] {
       sum(ones_of({2, 3}), {-3});
     },
     {"sum: axis -3 is not there"}},
    {"sum: axis twice",
     true,
     [] {
       sum(ones_of({2, 3}), {1, -1});
     },
     {"sum: axis -1 of (2, 3) is named twice"}},
    {"sum: scalar", true, [] { sum(Var(1.0), {0}); }, {"sum: axis 0 is not there"}},
    {"logsumexp: axis",
     true,
     [] {
       logsumexp(ones_of({2, 3}), {5});
     },
     {"logsumexp: axis 5 is not there"}},
    {"matrix: ragged",
     true,
     [] {
       matrix({{1, 2}, {3}});
     },
     {"matrix: a row has 1 values"}},
    {"rows of a scalar", true, [] { rows(Var(1.0)); }, {"rows: got a scalar"}},
    {"item of a matrix",
     true,
     [] {
       ones_of({2, 3}).item();
     },
     {"Var::item: the value has shape (2, 3), expected one element"}},
    {"gradient of a constant",
     false,
     [] { ones_of({2}).gradient(); },
     {"Var::gradient: there is none", "(2)", "it is a constant", "Var::parameter"}},
    {"gradient before backward",
     false,
     [] { Var::parameter(scalar(1)).gradient(); },
     {"Var::gradient: there is none", "call backward"}},
    {"gradient of an intermediate",
     false,
     [] {
       Tape tape;
       const Var y = exp(Var::parameter(scalar(1)));
       tape.backward(y);
       y.gradient();
     },
     {"Var::gradient: there is none", "leaves only", "Tape::gradients"}},
    {"mutable_value of a result",
     false,
     [] {
       Tape tape;
       Var y = exp(Var::parameter(scalar(1)));
       y.mutable_value();
     },
     {"Var::mutable_value: this is the result of \"exp\""}},
    {"backward of a vector",
     true,
     [] {
       Tape tape;
       tape.backward(exp(Var::parameter(vector({1, 2}))));
     },
     {"Tape::backward: the loss has shape (2), expected a scalar", "sum"}},
    {"gradients of a vector",
     true,
     [] {
       Tape tape;
       tape.gradients(exp(Var::parameter(vector({1, 2}))), {});
     },
     {"Tape::gradients: the loss has shape (2)"}},
    {"backward of a leaf",
     false,
     [] {
       Tape tape;
       tape.backward(Var::parameter(scalar(1)));
     },
     {"Tape::backward: the result was not recorded on this tape", "leaf"}},
    {"backward of what another tape recorded",
     false,
     [] {
       Tape outer;
       const Var y = exp(Var::parameter(scalar(1)));
       Tape inner;
       inner.backward(y);
     },
     {"Tape::backward: the result was not recorded on this tape", "\"exp\" under another tape"}},
    {"backward of what depends on no parameter",
     false,
     [] {
       Tape tape;
       const Var draw = record_dependence("draw", scalar(1), {Var::parameter(scalar(1))});
       tape.backward(draw * 2.0);
     },
     {"Tape::backward: the result depends on no parameter", "Var::parameter"}},
    {"an input of a live outer tape",
     false,
     [] {
       Tape outer;
       const Var y = exp(Var::parameter(scalar(1)));
       Tape inner;
       tanh(y);
     },
     {"tanh: input 0 is the result of \"exp\", recorded on another tape", "stop_gradient"}},
    {"an input of an ended tape",
     false,
     [] {
       std::optional<Var> y;
       {
         Tape ended;
         y = exp(Var::parameter(scalar(1)));
       }
       Tape tape;
       matmul(ones_of({1}), reshape(Var::parameter(scalar(1)), {1})) + *y;
     },
     {"add: input 1 is the result of \"exp\", recorded on another tape"}},
    {"an input of an ended tape at the same address",
     false,
     [] {
       auto tape = std::make_unique<Tape>();
       const Var y = exp(Var::parameter(scalar(1)));
       tape.reset();
       tape = std::make_unique<Tape>();
       sum(y);
     },
     {"sum: input 0 is the result of \"exp\""}},
    {"a draw of another tape",
     false,
     [] {
       Tape outer;
       const Var draw = record_dependence("draw", scalar(1), {Var::parameter(scalar(1))});
       Tape inner;
       record_dependence("redraw", scalar(1), {draw});
     },
     {"redraw: input 0 is the result of \"draw\""}},
    {"a backward step's gradient of the wrong shape",
     true,
     [] {
       const Var x = Var::parameter(vector({1, 2}));
       Tape tape;
       tape.backward(
           sum(record("mine", x.value(), edge(x, [](const Array&, const Array&, GradSink& sink) {
                        sink.add(ones({2, 2}));
                      }))));
     },
     {"GradSink::add: ", "(2, 2)", "(2)"}},
};

}  // namespace

TEST_CASE("errors: every misuse is an exception that says what to do") {
  for (const ErrorRow& row : kErrorRows) {
    INFO(row.what);
    std::string message;
    bool shapes = false;
    try {
      row.misuse();
    } catch (const ShapeError& error) {
      message = error.what();
      shapes = true;
    } catch (const Error& error) {
      message = error.what();
    }
    CHECK_FALSE(message.empty());
    CHECK_EQ(shapes, row.shapes);
    for (const std::string& words : row.words) {
      CHECK_MESSAGE(message.find(words) != std::string::npos, "'", words, "' is not in: ", message);
    }
    CHECK_EQ(message.find('\n'), std::string::npos);
    CHECK_EQ(Tape::current(), nullptr);
  }
}

TEST_CASE("errors: a shape beyond memory is refused, not wrapped") {
  const std::size_t half = std::size_t{1} << 32;
  CHECK_THROWS_WITH_AS(zeros({half, half}), doctest::Contains("size_of: an array of shape"),
                       ShapeError);
}

TEST_CASE("errors: stop_gradient lets a value cross tapes") {
  Tape outer;
  const Var y = exp(Var::parameter(scalar(1)));
  const Var x = Var::parameter(scalar(2));
  Tape inner;
  CHECK_EQ(inner.gradients(stop_gradient(y) * x, {x})[0].data()[0], y.value().data()[0]);
}
