// Refused: delete
#include <evident/autodiff/tape.hpp>
#include <utility>

void f() {
  evident::Tape tape;
  evident::Tape other = std::move(tape);
}
