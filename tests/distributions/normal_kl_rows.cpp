#include "kl_table.hpp"

namespace evident::testing {

void add_normal_kl_rows(std::vector<KlRow>& rows) { rows.push_back({"Normal", "Normal"}); }

}  // namespace evident::testing
