#pragma once

namespace evident {

/// While it lives, the first Ctrl-C only asks the work to stop; a second one ends the program.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// Whether Ctrl-C has been pressed.
  bool requested() const;
};

}  // namespace evident
