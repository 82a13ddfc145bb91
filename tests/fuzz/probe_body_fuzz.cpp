// Whatever a server sends as the body of its answer: the verdict on it is the same twice, and there always is one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "probe/http_verdict.h"

namespace {

using namespace sonde::probe;

/// What a probe expects, compiled once.
struct Expectation {
  Expectation() {
    target.http.body_matches = "(a|b)*c?";
    target.http.json = {{"/state", "ok|degraded"}, {"/checks/0/up", "true"}, {"/a~1b", ".*"}};
    auto compiled = Patterns::compile(target);
    if (!compiled) std::abort();
    patterns = *std::move(compiled);
  }

  ProbeTarget target;
  Patterns patterns;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Expectation expected;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const std::string verdict = describe_body(expected.target.http, expected.patterns, body);
  if (describe_body(expected.target.http, expected.patterns, body) != verdict) std::abort();
  return 0;
}
