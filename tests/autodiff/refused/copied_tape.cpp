// Refused: delete
#include <evident/autodiff/tape.hpp>

void f() {
  evident::Tape tape;
  evident::Tape copy = tape;
}
