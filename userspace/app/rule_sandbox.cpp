#include "app/rule_sandbox.h"

#include <chrono>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace sonde::app {

Result<std::unique_ptr<RuleSandbox>> RuleSandbox::create(const promql::EngineOptions& options,
                                                         TemplateExternals externals) {
  store::StoreOptions all;
  all.retention = all.long_retention = std::chrono::hours{24 * 3650};
  all.max_bytes = std::numeric_limits<std::size_t>::max();
  std::vector<std::string> notices;
  auto database = SONDE_TRY(store::Database::open(all, notices));
  return std::unique_ptr<RuleSandbox>(new RuleSandbox(std::move(database), options, std::move(externals)));
}

}  // namespace sonde::app
