#include <csignal>
#include <evident/apps/interrupt.hpp>

namespace evident {
namespace {

volatile std::sig_atomic_t pressed = 0;

void on_interrupt(int signal) {
  pressed = 1;
  std::signal(signal, SIG_DFL);
}

}  // namespace

Interrupt::Interrupt() {
  pressed = 0;
  std::signal(SIGINT, on_interrupt);
}

Interrupt::~Interrupt() { std::signal(SIGINT, SIG_DFL); }

bool Interrupt::requested() const { return pressed != 0; }

}  // namespace evident
