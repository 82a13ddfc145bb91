#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/fault_log.h"
#include "config/routing_draft.h"
#include "config/secret_source.h"
#include "config/types.h"
#include "config/value.h"

namespace sonde::config {

/// A text of a notification channel, and where it stands.
struct Address {
  std::string text;
  Spot spot;
};

struct AddressList {
  std::vector<std::string> texts;
  Spot spot;
};

/// A notification channel while it is read: what its keys mean depends on all of them.
struct ChannelDraft {
  std::string name{};
  std::map<std::string, Address> texts{};      ///< by key
  std::map<std::string, AddressList> lists{};  ///< by key
};

/// The configuration while it is read, and the list item or named entry that is being filled.
struct Draft {
  Config config;
  const SecretSource& secrets;
  FaultLog& log;
  RoutingDraft routing;

  serve::User user{};
  inventory::ServiceRule service{};
  store::SamplingDemand demand{};
  measure::SliDefinition sli{};
  probe::ProbeTarget probe{};
  ExpectedHeartbeat heartbeat{};
  rules::ParameterScope scope{};
  alerts::RemedyRule remedy{};
  ChannelDraft channel{};
  std::map<std::string, std::string> channel_paths{};  ///< by channel name
};

enum class KeyShape : std::uint8_t {
  kValue,    ///< read by `read`
  kSection,  ///< a mapping of `keys`
  kList,     ///< a list of mappings of `keys`
  kByName,   ///< a mapping of mappings of `keys` whose own keys are free names
  kFree,     ///< mappings and values of any name, each value read by `take`; whoever uses them knows the names
};

/// One row of the schema. The rows drive reading, the search for unknown keys, suggestions, and the reference in docs.
struct Key {
  std::string_view name;
  KeyShape shape = KeyShape::kValue;
  std::span<const Key> keys{};
  bool (*read)(const Value& value, Draft& draft) = nullptr;
  /// Before the keys of a section, an item or an entry are read; `name` is the entry's.
  void (*enter)(Draft& draft, const std::string& name) = nullptr;
  /// After them.
  void (*leave)(Draft& draft, const Spot& spot) = nullptr;
  /// kFree: `name` has a dot for each mapping the value stands in.
  void (*take)(Draft& draft, const std::string& name, const std::string& text, Position at) = nullptr;
  bool guarded = false;  ///< secrets stand here: what is not a known key is not repeated in messages
};

/// The keys at the top of the file, in the order they are read.
std::span<const Key> root_keys();

/// Every key that takes a value, such as `server.listen`, `services[].match.port`, `rules.services.NAME.window`.
std::vector<std::string> schema_keys();

}  // namespace sonde::config
